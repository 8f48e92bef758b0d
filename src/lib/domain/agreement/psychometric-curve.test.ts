import { describe, expect, it } from 'vitest';
import { psychometricCurve } from './psychometric-curve.ts';

const at = (estimate: number) => ({ estimate, se: null, ci95: [null, null] as const });

describe('a psychometric curve', () => {
  it('is ½ at equality without bias, and stays λ/2 from both ends', () => {
    const fit = { sensitivity: at(2), bias: at(0), lapse: at(0.1) };
    expect(psychometricCurve(fit, 0)).toBeCloseTo(0.5, 12);
    expect(psychometricCurve(fit, 100)).toBeCloseTo(0.95, 12);
    expect(psychometricCurve(fit, -100)).toBeCloseTo(0.05, 12);
    expect(psychometricCurve({ ...fit, bias: at(0.5) }, -0.25)).toBeCloseTo(0.5, 12);
  });
});
