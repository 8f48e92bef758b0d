import { describe, expect, it } from 'vitest';
import type { Exemplar, Protocol } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { exemplarTrials, planTrials, type PlanInput, type PlanReport } from './plan-trials.ts';

function input(protocol: Protocol, count: number, more: number, seed = 1, references = 0): PlanInput {
  return {
    protocol,
    scenario: references > 0 ? 'full-reference' : 'no-reference',
    stimuli: Array.from({ length: count }, (_, index) => ({
      id: `s${index}`,
      referenceId: references > 0 ? `r${index % references}` : null
    })),
    design: { pairsPerImage: more, groupsPerImage: more, exemplars: [] },
    seed
  };
}

function plan(from: PlanInput): { trials: PlannedTrial[]; report: PlanReport } {
  const planned = planTrials(from);
  if (!planned.ok) throw new Error(planned.reason);
  return planned;
}

function reasonOf(from: PlanInput): string {
  const planned = planTrials(from);
  return planned.ok ? 'planned' : planned.reason;
}

/** Everything counted anew from the trials, apart from the report. */
function counted(trials: readonly PlannedTrial[], slots: number) {
  const appearances = new Map<string, number>();
  const inSlot = new Map<string, number[]>();
  const meetings = new Map<string, number>();
  const sets = new Set<string>();
  const joined = new Map<string, string>();
  const root = (id: string): string => {
    const up = joined.get(id) ?? id;
    return up === id ? id : root(up);
  };
  for (const { stimuli } of trials) {
    expect(new Set(stimuli).size).toBe(slots);
    sets.add(stimuli.slice().sort().join());
    stimuli.forEach((id, slot) => {
      appearances.set(id, (appearances.get(id) ?? 0) + 1);
      const own = inSlot.get(id) ?? new Array<number>(slots).fill(0);
      own[slot]! += 1;
      inSlot.set(id, own);
      if (!joined.has(id)) joined.set(id, id);
      for (const other of stimuli.slice(slot + 1)) {
        const key = [id, other].sort().join();
        meetings.set(key, (meetings.get(key) ?? 0) + 1);
        if (!joined.has(other)) joined.set(other, other);
        joined.set(root(id), root(other));
      }
    });
  }
  return {
    appearances: [...appearances.values()],
    imbalance: Math.max(...[...inSlot.values()].map((own) => Math.max(...own) - Math.min(...own))),
    meetings: [...meetings.values()],
    repeats: trials.length - sets.size,
    components: new Set([...joined.keys()].map(root)).size,
    stimuli: appearances.size
  };
}

describe('planning pairs', () => {
  it('gives k·N pairs of degree 2k, each pair once, connected, first as often as second ±1', () => {
    for (let count = 2; count <= 40; count++) {
      for (const k of [1, 2, 3, 7, 50]) {
        const { trials, report } = plan(input('double-stimulus', count, k, count * 100 + k));
        const all = (count * (count - 1)) / 2;
        const facts = counted(trials, 2);
        expect(trials).toHaveLength(Math.min(k * count, all));
        expect(facts.repeats).toBe(0);
        expect(facts.stimuli).toBe(count);
        expect(facts.components).toBe(1);
        expect(facts.imbalance).toBeLessThanOrEqual(1);
        const degree = Math.min(2 * k, count - 1);
        expect([Math.min(...facts.appearances), Math.max(...facts.appearances)]).toEqual([degree, degree]);
        expect(report).toMatchObject({
          trials: trials.length,
          stimuli: count,
          degree: { min: degree, max: degree },
          components: 1,
          repeats: 0,
          positionBalance: facts.imbalance,
          complete: trials.length === all
        });
      }
    }
  });

  it('is the study of Wu et al. by default: 750 pairs of 150', () => {
    const { report } = plan(input('double-stimulus', 150, 5));
    expect(report).toMatchObject({
      trials: 750,
      degree: { min: 10, max: 10 },
      positionBalance: 0,
      components: 1
    });
  });

  it('plans every pair about as often as any other, over seeds', () => {
    const COUNT = 9;
    const SEEDS = 600;
    const times = new Map<string, number>();
    for (let seed = 0; seed < SEEDS; seed++) {
      for (const { stimuli } of plan(input('double-stimulus', COUNT, 2, seed)).trials) {
        const key = stimuli.join();
        times.set(key, (times.get(key) ?? 0) + 1);
      }
    }
    // Of 72 ordered pairs 18 are planned: probability ¼ each.
    const expected = SEEDS / 4;
    const sd = Math.sqrt(SEEDS * 0.25 * 0.75);
    expect(times.size).toBe(COUNT * (COUNT - 1));
    for (const number of times.values()) expect(Math.abs(number - expected)).toBeLessThan(4.5 * sd);
  });

  it('mixes: what stands together is not a circle of fixed strides', () => {
    // In a circulant graph every stimulus has the same number of triangles through it.
    const { trials } = plan(input('double-stimulus', 200, 3));
    const neighbours = new Map<string, Set<string>>();
    for (const { stimuli } of trials) {
      const [a = '', b = ''] = stimuli;
      for (const [one, other] of [
        [a, b],
        [b, a]
      ] as const) {
        neighbours.set(one, (neighbours.get(one) ?? new Set()).add(other));
      }
    }
    const triangles = [...neighbours.values()].map((own) =>
      [...own].reduce(
        (total, one) => total + [...own].filter((other) => neighbours.get(one)?.has(other)).length,
        0
      )
    );
    expect(new Set(triangles).size).toBeGreaterThan(1);
  });

  it('holds at ten thousand images', () => {
    const { report } = plan(input('double-stimulus', 10_000, 5));
    expect(report).toMatchObject({
      trials: 50_000,
      degree: { min: 10, max: 10 },
      components: 1,
      positionBalance: 0
    });
  });
});

describe('planning groups of four', () => {
  it('gives m·N groups, each image in 4m, no group twice, connected, slots balanced ±1', () => {
    for (const count of [4, 5, 6, 7, 8, 9, 10, 12, 13, 16, 17, 20, 25, 28, 33]) {
      for (const m of [1, 2, 3, 5]) {
        const { trials, report } = plan(input('multiple-stimulus', count, m, count * 10 + m));
        const all = (count * (count - 1) * (count - 2) * (count - 3)) / 24;
        const facts = counted(trials, 4);
        const each = m * count < all ? 4 * m : (4 * all) / count;
        expect(trials).toHaveLength(Math.min(m * count, all));
        expect(facts.repeats).toBe(0);
        expect(facts.stimuli).toBe(count);
        expect(facts.components).toBe(1);
        expect(facts.imbalance).toBeLessThanOrEqual(1);
        expect([count, m, Math.min(...facts.appearances), Math.max(...facts.appearances)]).toEqual([
          count,
          m,
          each,
          each
        ]);
        const possible = (count * (count - 1)) / 2;
        const least = facts.meetings.length < possible ? 0 : Math.min(...facts.meetings);
        expect(report).toMatchObject({
          components: 1,
          repeats: 0,
          cooccurrence: { min: least, max: Math.max(...facts.meetings) },
          positionBalance: facts.imbalance,
          complete: trials.length === all
        });
      }
    }
  });

  it('is the study of Wu et al. by default: 300 groups of 150, no two images together twice', () => {
    const { report } = plan(input('multiple-stimulus', 150, 2));
    expect(report).toMatchObject({
      trials: 300,
      appearances: { min: 8, max: 8 },
      degree: { min: 24, max: 24 },
      cooccurrence: { min: 0, max: 1 },
      positionBalance: 0
    });
  });

  it('finds the perfect plan where a difference set makes one: 13 images, everyone meets everyone once', () => {
    const { report } = plan(input('multiple-stimulus', 13, 1));
    expect(report.cooccurrence).toEqual({ min: 1, max: 1, mean: 1 });
  });

  it('keeps meetings within two of each other at every small size', () => {
    for (let count = 6; count <= 60; count++) {
      const { cooccurrence } = plan(input('multiple-stimulus', count, 2)).report;
      if (cooccurrence === null) throw new Error('no meetings counted');
      expect([count, cooccurrence.max - cooccurrence.min <= 2]).toEqual([count, true]);
      // From 27 images there is room for nobody to meet twice.
      if (count >= 27) expect([count, cooccurrence.max]).toEqual([count, 1]);
    }
  });

  it('uses short orbits when the full ones run out', () => {
    // 495 groups of 12; 41·12 = 492 need all 40 full orbits and two of the half ones.
    expect(plan(input('multiple-stimulus', 12, 41)).report).toMatchObject({
      trials: 492,
      appearances: { min: 164, max: 164 },
      repeats: 0
    });
  });
});

describe('planning with references', () => {
  it('counts within each reference and never mixes them', () => {
    for (const [protocol, more] of [
      ['double-stimulus', 2],
      ['multiple-stimulus', 1],
      ['single-stimulus', 1]
    ] as const) {
      const from = input(protocol, 60, more, 5, 4);
      const { trials, report } = plan(from);
      const referenceOf = new Map(from.stimuli.map(({ id, referenceId }) => [id, referenceId]));
      for (const { stimuli, referenceId } of trials) {
        for (const id of stimuli) expect(referenceOf.get(id)).toBe(referenceId);
      }
      expect(report.references).toBe(4);
      expect(report.byReference.map((pool) => [pool.stimuli, pool.trials])).toEqual(
        new Array(4).fill([15, 15 * more])
      );
      expect(report.components).toBe(protocol === 'single-stimulus' ? null : 4);
    }
  });

  it('sets references aside in a no-reference study', () => {
    const from = { ...input('double-stimulus', 6, 50, 1, 3), scenario: 'no-reference' as const };
    const { trials } = plan(from);
    expect(trials).toHaveLength(15);
    expect(trials.every((trial) => trial.referenceId === null)).toBe(true);
  });
});

describe('planning in general', () => {
  it('gives single-stimulus one trial for each stimulus', () => {
    const { trials, report } = plan(input('single-stimulus', 33, 1));
    expect(trials.map((trial) => trial.stimuli[0]).sort()).toEqual(
      Array.from({ length: 33 }, (_, index) => `s${index}`).sort()
    );
    expect(report).toMatchObject({
      trials: 33,
      degree: null,
      positionBalance: null,
      repeats: 0,
      complete: true
    });
  });

  it('repeats itself from its seed and differs for another', () => {
    for (const protocol of ['single-stimulus', 'double-stimulus', 'multiple-stimulus'] as const) {
      expect(plan(input(protocol, 30, 2, 7)).trials).toEqual(plan(input(protocol, 30, 2, 7)).trials);
      expect(plan(input(protocol, 30, 2, 7)).trials).not.toEqual(plan(input(protocol, 30, 2, 8)).trials);
    }
  });

  it('keeps exemplars out of the test trials and makes them one training trial', () => {
    const exemplars: Exemplar[] = ['s3', 's1'].map((stimulusId) => ({
      stimulusId,
      referenceId: null,
      quality: 50
    }));
    const from = input('double-stimulus', 12, 2);
    const { trials } = plan({ ...from, design: { ...from.design, exemplars } });
    expect(trials).toHaveLength(20);
    expect(trials.some(({ stimuli }) => stimuli.includes('s3') || stimuli.includes('s1'))).toBe(false);
    expect(exemplarTrials({ exemplars })).toEqual([
      { role: 'training', stimuli: ['s3', 's1'], referenceId: null }
    ]);
    expect(exemplarTrials({ exemplars: [] })).toEqual([]);
  });

  it('refuses what cannot exist, naming the numbers', () => {
    expect(reasonOf(input('multiple-stimulus', 3, 2))).toBe(
      'Groups of 4 need at least 4 stimuli, but there are only 3.'
    );
    expect(reasonOf(input('double-stimulus', 1, 5))).toBe(
      'Pairs need at least 2 stimuli, but there is only 1.'
    );
    expect(reasonOf(input('single-stimulus', 0, 1))).toContain('there are none');
    expect(reasonOf(input('double-stimulus', 10, 0))).toContain('not 0');
    expect(reasonOf(input('multiple-stimulus', 10, 1.5))).toContain('not 1.5');
    expect(reasonOf(input('multiple-stimulus', 13, 1, 1, 4))).toBe(
      'Groups of 4 need at least 4 stimuli, but the reference r1 has only 3.'
    );
    expect(reasonOf({ ...input('multiple-stimulus', 13, 1, 1, 4), nameOf: (id) => `${id}.png` })).toContain(
      'r1.png'
    );
    const orphan = input('double-stimulus', 6, 1, 1, 2);
    expect(reasonOf({ ...orphan, stimuli: [...orphan.stimuli, { id: 'x', referenceId: null }] })).toContain(
      'x has no reference'
    );
    const twice = input('double-stimulus', 6, 1);
    expect(reasonOf({ ...twice, stimuli: [...twice.stimuli, ...twice.stimuli.slice(0, 1)] })).toContain(
      's0 is given twice'
    );
    expect(reasonOf(input('double-stimulus', 3000, 2000))).toContain('4498500 trials');
    const exemplars = ['s0', 's1', 's2'].map((stimulusId) => ({ stimulusId, referenceId: null, quality: 1 }));
    const few = input('multiple-stimulus', 6, 1);
    expect(reasonOf({ ...few, design: { ...few.design, exemplars } })).toContain(
      'only 3 (3 of 6 set aside as exemplars)'
    );
    const one = input('single-stimulus', 1, 1);
    expect(reasonOf({ ...one, design: { ...one.design, exemplars: exemplars.slice(0, 1) } })).toContain(
      'All 1'
    );
  });

  it('plans groups of two to six: every stimulus as often, in every slot as often, all joined, no group twice', () => {
    for (const groupSize of [2, 3, 5, 6] as const) {
      for (const [count, more] of [
        [groupSize, 1],
        [groupSize + 2, 2],
        [12, 5],
        [31, 2]
      ] as const) {
        const from = input('multiple-stimulus', count, more);
        const planned = plan({ ...from, design: { ...from.design, groupSize } });
        const account = counted(planned.trials, groupSize);
        expect(new Set(account.appearances).size).toBe(1);
        expect(account).toMatchObject({ repeats: 0, components: 1, stimuli: count });
        expect(account.imbalance).toBeLessThanOrEqual(1);
        expect(planned.report).toMatchObject({
          components: 1,
          positionBalance: account.imbalance,
          repeats: 0
        });
      }
    }
    const from = input('multiple-stimulus', 4, 1);
    expect(reasonOf({ ...from, design: { ...from.design, groupSize: 5 } })).toContain(
      'Groups of 5 need at least 5'
    );
  });
});
