import { describe, expect, it } from 'vitest';
import { simulatedStudy, type Cast } from '../../../../tests/fixtures/simulated-study.ts';
import type { SyntheticObserver } from '../simulation/observer.ts';
import { eachOf } from './packed-answers.ts';
import { studyAgreement } from './study-agreement.ts';
import { studyResults, type StudyRecord } from './study-results.ts';

const people = (count: number, observer: Partial<SyntheticObserver> = {}, kind = 'rater'): Cast[] =>
  Array.from({ length: count }, (_, i) => ({ name: `r${i}`, door: 'page', kind, observer }));

describe('studyAgreement', () => {
  it('answers everything about a study of scores', () => {
    const record = simulatedStudy('single-stimulus', 'no-reference', 60, [
      ...people(10, { sigma: 12 }),
      { name: 'good', door: 'model', observer: { sigma: 4 }, passes: 3 },
      { name: 'coin', door: 'model', observer: { lapse: 1 } }
    ]);
    const shares: number[] = [];
    const report = studyAgreement({ record, replicates: 200, simulations: 40 }, (share) =>
      shares.push(share)
    );
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    const [good, coin] = report.models;
    expect(report.unit).toBe('stimuli');
    expect(report.people.value?.raters).toBe(10);
    expect(report.people.value?.simulated).toBe(false);
    expect(report.people.value?.ceiling.value?.reliability).toBeGreaterThan(0.9);
    for (const pair of [good?.againstMos, good?.againstPeople, report.people.value?.againstMos]) {
      for (const one of [pair?.srcc.value, pair?.plcc.value]) {
        expect(one?.bca?.[0]).toBeLessThan(one?.estimate as number);
        expect(one?.bca?.[1]).toBeGreaterThan(one?.estimate as number);
        expect(one?.percentile?.[0]).toBeLessThan(one?.percentile?.[1] as number);
      }
    }
    expect(good?.ceilingNormalised.srcc.value).toBeGreaterThan(0.95);
    expect(good?.shareOfRatersBelow.value).toBeGreaterThan(0.7);
    expect(good?.raterEquivalents.value?.empirical).not.toBeNull();
    expect(good?.sigmaNormalisedError.people.model.value).toBeLessThan(
      good?.sigmaNormalisedError.people.human.value as number
    );
    expect(good?.sigmaNormalisedError.mos.human.why).toMatch(/how many people/);
    expect(good?.retest.value).toMatchObject({ kind: 'scores', n: 60 });
    expect(good?.hesitation.mos.value?.n).toBe(60);
    expect(coin?.hesitation.mos.why).toMatch(/more than once/);
    expect(good?.replacement.value?.meanChange).toBeGreaterThan(0);
    expect(coin?.replacement.value?.meanChange).toBeLessThan(-0.02);
    for (const finding of [
      good?.positionBias,
      good?.transitivity,
      good?.psychometric.model,
      good?.errorConsistency
    ]) {
      expect(finding?.value).toBeNull();
      expect(finding?.why?.length).toBeGreaterThan(20);
    }
    expect(report.comparisons.value).toHaveLength(1);
    expect(report.comparisons.value?.[0]).toMatchObject({ a: 'good', b: 'coin', n: 60 });
    expect(report.comparisons.value?.[0]?.pHolm).toBeLessThan(0.001);
    expect(report.comparisons.value?.[0]?.differenceCi95?.[0]).toBeGreaterThan(0.3);
    // The coin stays under the noise floor, the good one far above it.
    const floor = report.noiseFloor.value;
    expect(floor?.analytic.srcc95).toBeCloseTo(0.254, 2);
    expect(Math.abs((floor?.corrected.srcc.bound95 as number) - 0.254)).toBeLessThan(0.08);
    expect(good?.pipelines.value?.corrected.srcc).toBeGreaterThan(
      3 * (floor?.corrected.srcc.bound95 as number)
    );
    expect(floor?.paperFaithful.srcc.mean).toBeGreaterThan((floor?.corrected.srcc.mean as number) + 0.05);
  });

  it('answers everything about a study of pairs within references', () => {
    const record = simulatedStudy('double-stimulus', 'full-reference', 48, [
      ...people(8, { sigma: 10 }),
      { name: 'sided', door: 'model', observer: { sigma: 10, sideBias: 12 }, passes: 2, swap: true }
    ]);
    const report = studyAgreement({ record, replicates: 30, simulations: 20 });
    const [model] = report.models;
    expect(report.unit).toBe('references');
    expect(report.people.value?.ceiling.value?.splitHalf?.spearmanBrown).toBeGreaterThan(0.8);
    expect(report.people.value?.ceiling.value?.leaveOneOut.observers).toHaveLength(8);
    expect(report.people.value?.errorConsistency.value?.mean).toBeGreaterThan(0);
    expect(model?.positionBias.value?.pairs).toBe(record.trials.length);
    expect(model?.positionBias.value?.ci95[0]).toBeGreaterThan(0);
    expect(model?.psychometric.model.value?.bias.ci95[0]).toBeGreaterThan(0);
    expect(model?.psychometric.people.value?.bias.ci95[0]).toBeLessThan(0.1);
    expect(model?.retest.value).toMatchObject({ kind: 'choices', n: record.trials.length });
    expect(model?.transitivity.value?.underModel?.p).toBeGreaterThan(0.001);
    expect(model?.againstPeople.srcc.value?.estimate).toBeGreaterThan(0.6);
    expect(model?.raterEquivalents.why).toMatch(/need scores/);
    expect(model?.errorConsistency.value?.quantiles).toHaveLength(5);
    expect(model?.replacement.value?.inPlaceOf).toHaveLength(8);
    expect(model?.calibration.why).toMatch(/probability/);
    expect(report.comparisons.why).toMatch(/no two models/);
    expect(report.noiseFloor.value?.paperFaithful.srcc.mean).toBeGreaterThan(0.2);
    expect(Math.abs(report.noiseFloor.value?.corrected.srcc.mean as number)).toBeLessThan(0.15);
  });

  it('reads rankings, and is the same again from its seed', () => {
    const record = simulatedStudy('multiple-stimulus', 'no-reference', 24, [
      ...people(4, {}, 'synthetic'),
      { name: 'm', door: 'model', observer: {}, passes: 2 }
    ]);
    const once = studyAgreement({ record, replicates: 30, simulations: 5, seed: 7 });
    expect(once.people.value).toMatchObject({ simulated: true, observer: 'simulated people' });
    expect(once.models[0]?.retest.value).toMatchObject({ kind: 'rankings' });
    expect(once.models[0]?.againstMos.srcc.value?.estimate).toBeGreaterThan(0.8);
    expect(studyAgreement({ record, replicates: 30, simulations: 5, seed: 7 })).toEqual(once);
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  });

  it('compares stated probabilities with what people chose', () => {
    const record = simulatedStudy('double-stimulus', 'no-reference', 20, [
      ...people(6),
      { name: 'm', door: 'model', observer: {} }
    ]);
    const model = record.sessions.find(({ door }) => door === 'model')?.sessionId;
    const truth = new Map(record.stimuli.map(({ id, mos }) => [id, mos as number]));
    for (const answer of eachOf(record.answers)) {
      if (answer.sessionId !== model) continue;
      const [a, b] = (record.trials[answer.trialId - 1]?.stimuli ?? []).map((id) => truth.get(id) as number);
      const own = 1 / (1 + Math.exp(-((a as number) - (b as number)) / 6));
      const first = answer.order[0] === 0 ? own : 1 - own;
      answer.probabilities = { first, second: 1 - first, same: 0 };
    }
    const report = studyAgreement({ record, replicates: 5, simulations: 2 });
    expect(report.models[0]?.calibration.value?.skill).toBeGreaterThan(0.5);
  });

  it('gives reasons where nobody has answered, and where nothing is known', () => {
    const empty = simulatedStudy('double-stimulus', 'no-reference', 12, [
      { name: 'm', door: 'model', observer: {} }
    ]);
    const record: StudyRecord = {
      ...empty,
      answers: [],
      stimuli: empty.stimuli.map((stimulus) => ({ ...stimulus, mos: null, sigma: null }))
    };
    const report = studyAgreement({ record, replicates: 5, simulations: 2 });
    expect(report.people.why).toBe('nobody has answered this study yet');
    expect(report.noiseFloor.why).toMatch(/MOS/);
    const findings: unknown[] = [];
    const collect = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      if ('why' in value) findings.push(value);
      else Object.values(value).forEach(collect);
    };
    collect(report.models[0]);
    expect(findings.length).toBeGreaterThan(15);
    for (const finding of findings) {
      expect(finding).toMatchObject({ value: null, why: expect.stringMatching(/\S{3}/) });
    }
  });

  it('draws fewer resamples where each means a large scale, and says how many', () => {
    const record = simulatedStudy('double-stimulus', 'no-reference', 6, []);
    const large: StudyRecord = {
      ...record,
      trials: Array.from({ length: 2000 }, (_, i) => ({
        id: i + 1,
        role: 'test',
        stimuli: [i + 1, i + 2],
        referenceId: null
      })),
      stimuli: []
    };
    expect(studyAgreement({ record, simulations: 1 }).replicates).toBe(1000);
    expect(studyAgreement({ record: large, simulations: 1 }).replicates).toBe(168);
  });

  it.each([
    ['single-stimulus', 'full-reference'],
    ['double-stimulus', 'full-reference'],
    ['double-stimulus', 'no-reference'],
    ['multiple-stimulus', 'no-reference']
  ] as const)('has the same figures as the quick results: %s, %s', (protocol, scenario) => {
    const record = simulatedStudy(protocol, scenario, 24, [
      ...people(5),
      { name: 'm', door: 'model', observer: { sigma: 25 } }
    ]);
    const quick = studyResults(record).observers;
    const model = quick.find(({ observer }) => observer === 'm');
    const report = studyAgreement({ record, replicates: 2, simulations: 1 });
    const [deep] = report.models;
    expect(deep?.againstMos.srcc.value?.estimate).toBeCloseTo(model?.srcc as number, 6);
    expect(deep?.againstMos.plcc.value?.estimate).toBeCloseTo(model?.plcc as number, 6);
    expect(deep?.againstPeople.srcc.value?.estimate).toBeCloseTo(model?.againstRaters?.srcc as number, 6);
    expect(deep?.pipelines.value?.corrected.plcc).toBeCloseTo(model?.plcc as number, 6);
    const pooled = quick.find(({ observer }) => observer === 'people');
    expect(report.people.value?.againstMos.srcc.value?.estimate).toBeCloseTo(pooled?.srcc as number, 6);
  });
});
