import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '#lib/stats/normal.ts';
import { seededRandom } from '#lib/stats/random.ts';
import type { PairAnswers } from './psychometric-likelihood.ts';
import { fitPsychometric, type PsychometricFit } from './psychometric.ts';

const random = seededRandom('psychometric');

interface Truth {
  k: number;
  b: number;
  lapse: number;
}

function answers(n: number, { k, b, lapse }: Truth, spread = 1): PairAnswers[] {
  return Array.from({ length: n }, () => {
    // Few distinct differences keep the many fits quick.
    const delta = (spread * Math.round(6 * random.normal())) / 6;
    const p = lapse / 2 + (1 - lapse) * normalCdf(k * delta + b);
    return { delta, choice: random.uniform() < p ? 'first' : 'second' };
  });
}

function fitted(data: readonly PairAnswers[]): PsychometricFit {
  const fit = fitPsychometric(data);
  if (!fit.ok) throw new Error(fit.reason);
  return fit;
}

describe('fitPsychometric', () => {
  it('recovers sensitivity, bias and lapse from exact shares', () => {
    const truth = { k: 0.08, b: 0.3, lapse: 0.1 };
    const data: PairAnswers[] = [];
    for (let delta = -60; delta <= 60; delta += 5) {
      const p = truth.lapse / 2 + (1 - truth.lapse) * normalCdf(truth.k * delta + truth.b);
      data.push(
        { delta, choice: 'first', count: 1e6 * p },
        { delta, choice: 'second', count: 1e6 * (1 - p) }
      );
    }
    const fit = fitted(data);
    expect(fit.sensitivity.estimate).toBeCloseTo(0.08, 6);
    expect(fit.bias.estimate).toBeCloseTo(0.3, 5);
    expect(fit.lapse.estimate).toBeCloseTo(0.1, 6);
    expect(fit.jnd75?.estimate).toBeCloseTo(normalQuantile(0.7 / 0.9) / 0.08, 3);
    expect(fit.firstAtEquality).toBeCloseTo(0.05 + 0.9 * normalCdf(0.3), 5);
  });

  it('covers the truth in 95 % of simulated sittings, within Monte-Carlo error', () => {
    const truth = { k: 1.4, b: -0.25, lapse: 0.08 };
    const runs = 400;
    const covered = { sensitivity: 0, bias: 0, lapse: 0, jnd: 0 };
    const jnd = normalQuantile((0.75 - 0.04) / 0.92) / 1.4;
    const inside = (bounds: readonly [number | null, number | null] | undefined, value: number) =>
      bounds !== undefined && (bounds[0] ?? -Infinity) <= value && value <= (bounds[1] ?? Infinity) ? 1 : 0;
    for (let run = 0; run < runs; run++) {
      const fit = fitted(answers(500, truth));
      covered.sensitivity += inside(fit.sensitivity.ci95, truth.k);
      covered.bias += inside(fit.bias.ci95, truth.b);
      covered.lapse += inside(fit.lapse.ci95, truth.lapse);
      covered.jnd += inside(fit.jnd75?.ci95, jnd);
    }
    for (const count of Object.values(covered)) {
      expect(count / runs).toBeGreaterThan(0.905);
      expect(count / runs).toBeLessThan(0.99);
    }
  });

  it('stays at no lapse for an observer without, and keeps its intervals there', () => {
    let atBoundary = 0;
    let covered = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const fit = fitted(answers(300, { k: 1, b: 0, lapse: 0 }));
      if (fit.lapse.estimate < 1e-6) {
        atBoundary++;
        expect(fit.lapse.ci95?.[0]).toBe(0);
      }
      const [low, high] = fit.sensitivity.ci95 as readonly [number, number];
      if (low <= 1 && high >= 1) covered++;
    }
    expect(atBoundary / runs).toBeGreaterThan(0.3);
    expect(covered / runs).toBeGreaterThan(0.9);
  });

  it.each([150, 60, 30])('covers the truth where answers of %i rankings hang together', (groups) => {
    // Four stimuli a ranking, each seen with noise of its own once: the six comparisons share it.
    const k = 1 / Math.SQRT2;
    const runs = 200;
    let studies = 0;
    const covered = { independent: 0, clustered: 0, jnd: 0 };
    const inside = (bounds: readonly [number | null, number | null] | undefined, value: number) =>
      bounds !== undefined && (bounds[0] ?? -Infinity) <= value && value <= (bounds[1] ?? Infinity) ? 1 : 0;
    for (let run = 0; run < runs; run++) {
      const data: PairAnswers[] = [];
      for (let group = 0; group < groups; group++) {
        // Two rankings of the same four by the same eyes: the noise of the trial is shared.
        const quality = Array.from({ length: 4 }, () => Math.round(4 * random.normal()) / 4);
        const seen = quality.map((value) => value + random.normal());
        for (let twice = 0; twice < 2; twice++) {
          for (let i = 0; i < 4; i++) {
            for (let j = i + 1; j < 4; j++) {
              data.push({
                delta: (quality[i] as number) - (quality[j] as number),
                choice: (seen[i] as number) > (seen[j] as number) ? 'first' : 'second',
                clusters: [group]
              });
            }
          }
        }
      }
      const fit = fitPsychometric(data);
      // Thirty groups may say no more than where the threshold lies; there is no interval then.
      if (!fit.ok) continue;
      studies++;
      covered.clustered += inside(fit.sensitivity.ci95, k);
      covered.jnd += inside(fit.jnd75?.ci95, normalQuantile(0.75) / k);
      const loose = data.map(({ delta, choice }): PairAnswers => ({ delta, choice }));
      covered.independent += inside(fitted(loose).sensitivity.ci95, k);
    }
    expect(studies).toBeGreaterThan(0.97 * runs);
    // Three Monte-Carlo standard errors below 95 %; taken for independent, four in five.
    expect(covered.clustered / studies).toBeGreaterThan(0.904);
    expect(covered.jnd / studies).toBeGreaterThan(0.904);
    expect(covered.independent / studies).toBeLessThan(0.88);
  });

  it('takes one answer a cluster for independent, but for the few clusters', () => {
    const data = answers(300, { k: 1, b: 0.2, lapse: 0.05 });
    const plain = fitted(data);
    const single = fitted(data.map((one, cluster) => ({ ...one, clusters: [cluster] })));
    expect(single.sensitivity.estimate).toBe(plain.sensitivity.estimate);
    expect(single.sensitivity.se as number).toBeGreaterThanOrEqual(plain.sensitivity.se as number);
    expect(single.sensitivity.se as number).toBeLessThan(1.3 * (plain.sensitivity.se as number));
    const four = fitted(
      data.flatMap((one, cluster) => Array.from({ length: 4 }, () => ({ ...one, clusters: [cluster] })))
    );
    // The same answers four times over say no more than once (the single ones are not taken for less than independent).
    const gain = (four.sensitivity.se as number) / (single.sensitivity.se as number);
    expect(gain).toBeGreaterThan(0.8);
    expect(gain).toBeLessThan(1.001);
  });

  it('turns with the side: swapping all pairs turns the bias and nothing else', () => {
    const data = answers(500, { k: 0.9, b: 0.4, lapse: 0.05 });
    const swapped = data.map(({ delta, choice }): PairAnswers => ({
      delta: -delta,
      choice: choice === 'first' ? 'second' : 'first'
    }));
    const [fit, back] = [fitted(data), fitted(swapped)];
    expect(back.sensitivity.estimate).toBeCloseTo(fit.sensitivity.estimate, 5);
    expect(back.bias.estimate).toBeCloseTo(-fit.bias.estimate, 5);
    expect(back.lapse.estimate).toBeCloseTo(fit.lapse.estimate, 5);
  });

  it('scales with the unit of the differences', () => {
    const data = answers(400, { k: 0.9, b: 0.2, lapse: 0.03 });
    const [fit, wide] = [fitted(data), fitted(data.map((one) => ({ ...one, delta: 50 * one.delta })))];
    expect(wide.sensitivity.estimate).toBeCloseTo(fit.sensitivity.estimate / 50, 8);
    expect(wide.jnd75?.estimate).toBeCloseTo(50 * (fit.jnd75?.estimate as number), 4);
    expect(wide.bias.estimate).toBeCloseTo(fit.bias.estimate, 6);
  });

  it('counts "same" as half an answer each way', () => {
    const data = answers(200, { k: 1, b: 0, lapse: 0 });
    const same: PairAnswers[] = [...data, { delta: 0.1, choice: 'same', count: 40 }];
    const split: PairAnswers[] = [
      ...data,
      { delta: 0.1, choice: 'first', count: 20 },
      { delta: 0.1, choice: 'second', count: 20 }
    ];
    expect(fitted(same)).toEqual(fitted(split));
  });

  it('says where nothing finite can be fitted', () => {
    const separated: PairAnswers[] = [-3, -2, -1, 1, 2, 3].map((delta) => ({
      delta,
      choice: delta > 0 ? 'first' : 'second'
    }));
    expect(fitPsychometric(separated)).toEqual({ ok: false, reason: 'unbounded' });
    expect(fitPsychometric(separated.map(({ delta }) => ({ delta, choice: 'first' })))).toEqual({
      ok: false,
      reason: 'one-answer'
    });
    expect(fitPsychometric([{ delta: 2, choice: 'first', count: 9 }])).toEqual({
      ok: false,
      reason: 'no-difference'
    });
    expect(fitPsychometric([])).toEqual({ ok: false, reason: 'no-difference' });
    expect(() => fitPsychometric([{ delta: Number.NaN, choice: 'first' }])).toThrow(RangeError);
  });

  it('has no JND for an observer who answers against the truth', () => {
    const fit = fitted(answers(400, { k: -1, b: 0, lapse: 0 }));
    expect(fit.sensitivity.estimate).toBeLessThan(0);
    expect(fit.jnd75).toBeNull();
  });
});
