import { describe, expect, it } from 'vitest';
import { maximise, type DerivativeArrays, type PairwiseLikelihood } from '#lib/stats/newton.ts';
import { laplacian } from '#lib/stats/pair-matrix.ts';
import { bradleyTerryLikelihood } from './bradley-terry.ts';
import { davidsonLikelihood } from './davidson.ts';
import { thurstoneLikelihood } from './thurstone.ts';
import { winTableFromMatrix } from './votes.ts';

const TABLE = winTableFromMatrix(
  [
    [0, 5, 2, 0],
    [1, 0, 3, 4],
    [2, 0, 0, 1],
    [1, 2, 0.5, 0]
  ],
  [
    [0, 1, 2, 0],
    [0, 0, 1, 3],
    [0, 0, 0, 1],
    [0, 0, 0, 0]
  ]
);
const { items, first, second, winsFirst, winsSecond } = TABLE;
const LIKELIHOODS: [string, PairwiseLikelihood][] = [
  ['Thurstone', thurstoneLikelihood(items, first, second, winsFirst, winsSecond)],
  ['Bradley-Terry', bradleyTerryLikelihood(items, first, second, winsFirst, winsSecond)],
  ['Davidson', davidsonLikelihood(TABLE)]
];

function at(likelihood: PairwiseLikelihood, s: readonly number[], extra: number) {
  const into: DerivativeArrays = {
    gradient: new Float64Array(items),
    magnitude: new Float64Array(items),
    weights: new Float64Array(first.length),
    border: new Float64Array(items)
  };
  const found = likelihood.derivatives(Float64Array.from(s), extra, into);
  return { ...found, ...into };
}

const moved = (s: readonly number[], i: number, by: number) =>
  s.map((value, k) => (k === i ? value + by : value));

describe.each(LIKELIHOODS)('the likelihood of %s', (name, likelihood) => {
  const points: [number[], number][] = [
    [[0, 0, 0, 0], 0],
    [[1.2, -0.4, 0.1, -0.9], -0.7],
    [[9, -8, 3, -4], 1.5]
  ];
  const h = 1e-5;

  it.each(points)('at %j: gradient, curvature and value belong together', (s, extra) => {
    const here = at(likelihood, s, extra);
    expect(here.value).toBeCloseTo(likelihood.value(Float64Array.from(s), extra), 10);
    const matrix = laplacian(items, first, second, here.weights, 0);
    for (let i = 0; i < items; i++) {
      const above = at(likelihood, moved(s, i, h), extra);
      const below = at(likelihood, moved(s, i, -h), extra);
      expect(here.gradient[i]).toBeCloseTo((above.value - below.value) / (2 * h), 5);
      for (let j = 0; j < items; j++) {
        const curvature = -((above.gradient[j] as number) - (below.gradient[j] as number)) / (2 * h);
        const pair = first.findIndex((a, p) => (a === i && second[p] === j) || (a === j && second[p] === i));
        const want = i === j ? matrix.diagonal[i] : pair < 0 ? 0 : -(here.weights[pair] as number);
        expect(want).toBeCloseTo(curvature, 5);
      }
      expect(here.magnitude[i]).toBeGreaterThanOrEqual(Math.abs(here.gradient[i] as number) - 1e-12);
    }
    if (name !== 'Davidson') return;
    const above = at(likelihood, s, extra + h);
    const below = at(likelihood, s, extra - h);
    expect(here.extraGradient).toBeCloseTo((above.value - below.value) / (2 * h), 5);
    expect(here.extraCurvature).toBeCloseTo(-(above.extraGradient - below.extraGradient) / (2 * h), 5);
    for (let i = 0; i < items; i++) {
      const slope = ((above.gradient[i] as number) - (below.gradient[i] as number)) / (2 * h);
      expect(here.border[i]).toBeCloseTo(-slope, 5);
    }
  });

  it('is finite far out, and its maximum lies above every point tried', () => {
    expect(likelihood.value(Float64Array.of(400, -400, 0, 300), 0)).toBeGreaterThan(-Infinity);
    const best = maximise(likelihood, 1);
    expect(best.converged).toBe(true);
    for (const [s, extra] of points) {
      const penalty = s.reduce((sum, value) => sum + value * value, 0) / 2;
      expect(best.value).toBeGreaterThan(likelihood.value(Float64Array.from(s), extra) - penalty);
    }
  });
});

describe('maximise', () => {
  it('says that it has not converged when it may not go on', () => {
    const [, likelihood] = LIKELIHOODS[0] as (typeof LIKELIHOODS)[number];
    const stopped = maximise(likelihood, 1, 0, 1);
    expect(stopped.converged).toBe(false);
    expect(stopped.iterations).toBe(1);
    expect(stopped.maxGradient).toBeGreaterThan(1e-8);
  });
});
