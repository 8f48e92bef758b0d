import { describe, expect, it } from 'vitest';
import type { PlannedPresentation } from '../session.ts';
import type { Protocol } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { orderSession, type SessionOrderInput } from './order-session.ts';
import { planTrials } from './plan-trials.ts';

function planned(protocol: Protocol, count: number, more: number): PlannedTrial[] {
  const plan = planTrials({
    protocol,
    scenario: 'no-reference',
    stimuli: Array.from({ length: count }, (_, index) => ({ id: `s${index}`, referenceId: null })),
    design: { pairsPerImage: more, groupsPerImage: more, exemplars: [] },
    seed: 1
  });
  if (!plan.ok) throw new Error(plan.reason);
  return plan.trials;
}

const TRAINING: PlannedTrial = { role: 'training', stimuli: ['t0', 't1'], referenceId: null };
const pairs = planned('double-stimulus', 30, 5);
const groups = planned('multiple-stimulus', 30, 2);

function session(rest: Partial<SessionOrderInput>): PlannedPresentation[] {
  return orderSession({
    protocol: 'double-stimulus',
    trials: pairs,
    studySeed: 1,
    sessionSeed: 'a',
    sessionNumber: 0,
    ...rest
  });
}

/** Per stimulus, how often it stood in each slot; training aside. */
function inSlots(
  trials: readonly PlannedTrial[],
  presentations: readonly PlannedPresentation[],
  slots: number
) {
  const times = new Map<string, number[]>();
  for (const { trial, order } of presentations) {
    const own = trials[trial] as PlannedTrial;
    if (own.role === 'training') continue;
    order.forEach((index, slot) => {
      const id = own.stimuli[index] as string;
      const counts = times.get(id) ?? new Array<number>(slots).fill(0);
      counts[slot]! += 1;
      times.set(id, counts);
    });
  }
  return [...times.values()];
}

function imbalance(
  trials: readonly PlannedTrial[],
  presentations: readonly PlannedPresentation[],
  slots: number
) {
  return Math.max(...inSlots(trials, presentations, slots).map((own) => Math.max(...own) - Math.min(...own)));
}

describe('the order of a session', () => {
  it('shows every trial once, at positions 0, 1, 2 …, shuffled by its seed', () => {
    const one = session({});
    expect(one.map(({ position }) => position)).toEqual(pairs.map((_, index) => index));
    expect(one.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(pairs.map((_, index) => index));
    expect(one.every(({ again }) => !again)).toBe(true);
    expect(session({})).toEqual(one);
    expect(session({ sessionSeed: 'b' }).map(({ trial }) => trial)).not.toEqual(
      one.map(({ trial }) => trial)
    );
  });

  it('puts training first, as planned', () => {
    const trials = [...pairs.slice(0, 5), TRAINING, ...pairs.slice(5), TRAINING];
    const presentations = session({ trials });
    expect(presentations.slice(0, 2).map(({ trial, order }) => [trial, order])).toEqual([
      [5, [0, 1]],
      [pairs.length + 1, [0, 1]]
    ]);
  });

  it('shows each stimulus first as often as second, ±1, in every session, whole or in part', () => {
    for (let number = 0; number < 30; number++) {
      const whole = session({ sessionNumber: number, sessionSeed: number });
      expect(imbalance(pairs, whole, 2)).toBeLessThanOrEqual(1);
      const part = pairs.filter((_, index) => (index * 7 + number) % 3 === 0);
      const some = session({ trials: part, sessionNumber: number, sessionSeed: number });
      expect(imbalance(part, some, 2)).toBeLessThanOrEqual(1);
    }
  });

  it('shows each pair both ways in two successive sessions, whichever comes first being a matter of chance', () => {
    const sidesOf = (number: number) => {
      const sides = new Map(
        session({ sessionNumber: number, sessionSeed: number }).map((p) => [p.trial, p.order[0]])
      );
      return pairs.map((_, index) => sides.get(index) as number);
    };
    let swappedFirst = 0;
    for (let number = 0; number < 40; number += 2) {
      const [one, other] = [sidesOf(number), sidesOf(number + 1)];
      one.forEach((side, index) => expect(side).toBe(1 - (other[index] as number)));
      swappedFirst += one.filter((side) => side === 1).length;
    }
    expect(swappedFirst / (20 * pairs.length)).toBeGreaterThan(0.4);
    expect(swappedFirst / (20 * pairs.length)).toBeLessThan(0.6);
  });

  it('evens out what was shown before when it is told: partial sessions leave no pair lopsided', () => {
    const shown = pairs.map(() => 0);
    for (let number = 0; number < 12; number++) {
      const part = pairs.map((_, index) => index).filter((index) => (index + number) % 3 !== 0);
      const presentations = session({
        trials: part.map((index) => pairs[index] as PlannedTrial),
        tilt: part.map((index) => shown[index] as number),
        sessionNumber: number,
        sessionSeed: number
      });
      expect(
        imbalance(
          part.map((index) => pairs[index] as PlannedTrial),
          presentations,
          2
        )
      ).toBeLessThanOrEqual(1);
      for (const { trial, order } of presentations) shown[part[trial] as number]! += order[0] === 0 ? 1 : -1;
    }
    const lopsided = shown.reduce((total, value) => total + Math.abs(value), 0) / shown.length;
    // Eight coin tosses each would be 2.19 apart on average.
    expect(lopsided).toBeLessThan(1.6);
  });

  it('shows every pair in both orders on request, at least half a session apart', () => {
    const presentations = session({ bothOrders: true });
    expect(presentations).toHaveLength(2 * pairs.length);
    expect(imbalance(pairs, presentations, 2)).toBe(0);
    pairs.forEach((_, index) => {
      const [one, other] = presentations.filter(({ trial }) => trial === index);
      if (!one || !other) throw new Error('not twice');
      expect([...one.order].reverse()).toEqual(other.order);
      expect(other.position - one.position).toBeGreaterThanOrEqual(Math.floor(pairs.length / 2));
      expect([one.again, other.again]).toEqual([false, true]);
    });
  });

  it('repeats some test trials swapped, at least half a session later, and stays balanced', () => {
    for (let number = 0; number < 20; number++) {
      const presentations = session({ repeats: 10, sessionNumber: number, sessionSeed: number });
      expect(presentations).toHaveLength(pairs.length + 10);
      const again = presentations.filter((presentation) => presentation.again);
      expect(again).toHaveLength(10);
      for (const second of again) {
        const first = presentations.find(({ trial }) => trial === second.trial) as PlannedPresentation;
        expect([...first.order].reverse()).toEqual(second.order);
        expect(second.position - first.position).toBeGreaterThanOrEqual(Math.floor(pairs.length / 2));
      }
      expect(imbalance(pairs, presentations, 2)).toBeLessThanOrEqual(1);
    }
    expect(session({ repeats: 1000 })).toHaveLength(Math.floor(1.5 * pairs.length));
  });

  it('turns each group through all four slots in four successive sessions, each balanced ±1', () => {
    const seen = groups.map(() => [new Set(), new Set(), new Set(), new Set()]);
    for (let number = 0; number < 4; number++) {
      const presentations = session({
        protocol: 'multiple-stimulus',
        trials: groups,
        sessionNumber: number,
        sessionSeed: number
      });
      expect(imbalance(groups, presentations, 4)).toBeLessThanOrEqual(1);
      for (const { trial, order } of presentations)
        order.forEach((index, slot) => seen[trial]?.[slot]?.add(index));
    }
    for (const slots of seen) for (const stimuli of slots) expect(stimuli.size).toBe(4);
  });

  it('lets no two neighbours share a stimulus where there is room, and loses nothing over it where there is none', () => {
    const sharing = (trials: readonly PlannedTrial[], presentations: readonly PlannedPresentation[]) =>
      presentations.filter(({ trial, position }) => {
        const before = presentations[position - 1];
        const own = trials[trial]?.stimuli ?? [];
        return before !== undefined && trials[before.trial]?.stimuli.some((id) => own.includes(id));
      }).length;
    for (let seed = 0; seed < 10; seed++) {
      expect(sharing(pairs, session({ sessionSeed: seed }))).toBe(0);
      expect(sharing(pairs, session({ sessionSeed: seed, bothOrders: true }))).toBe(0);
      const four = { protocol: 'multiple-stimulus', trials: groups, sessionSeed: seed } as const;
      expect(sharing(groups, session(four))).toBeLessThanOrEqual(2);
    }
    const crowded = planned('double-stimulus', 3, 5);
    expect(session({ trials: crowded })).toHaveLength(3);
  });

  it('spreads gold and traps over the sitting, once each, and leaves the test trials as they would be without', () => {
    const checks = (size: number): PlannedTrial[] =>
      Array.from({ length: 6 }, (_, index) => ({
        role: index % 3 === 2 ? 'trap' : 'gold',
        stimuli: Array.from({ length: size }, (_, slot) => `g${index}.${slot}`),
        referenceId: null
      }));
    for (const [protocol, own, size] of [
      ['double-stimulus', pairs, 2],
      ['multiple-stimulus', groups, 4]
    ] as const) {
      const training = { role: 'training' as const, stimuli: own[0]!.stimuli, referenceId: null };
      const trials = [training, ...own, ...checks(size)];
      const sides = new Map<number, string[]>();
      for (let number = 0; number < 12; number++) {
        const given = { protocol, sessionNumber: number, sessionSeed: number };
        const repeats = protocol === 'double-stimulus' ? 5 : 0;
        const presentations = session({ ...given, trials, repeats });
        const bare = session({ ...given, trials: [training, ...own], repeats });
        expect(session({ ...given, trials, repeats })).toEqual(presentations);
        expect(presentations.map(({ position }) => position)).toEqual(presentations.map((_, index) => index));
        const isTest = ({ trial }: PlannedPresentation) => trials[trial]?.role === 'test';
        const shape = ({ trial, order, again }: PlannedPresentation) => ({ trial, order, again });
        expect(presentations.filter(isTest).map(shape)).toEqual(bare.filter(isTest).map(shape));
        expect(presentations[0]?.trial).toBe(0);
        expect(
          imbalance(
            own,
            presentations.filter(isTest).map((one) => ({ ...one, trial: one.trial - 1 })),
            size
          )
        ).toBeLessThanOrEqual(1);

        const at = presentations.filter(({ trial }) => trial > own.length);
        expect(new Set(at.map(({ trial }) => trial)).size).toBe(6);
        expect(at.every(({ again }) => !again)).toBe(true);
        // One in each sixth, in its middle half: at least a third of a sixth apart.
        at.forEach(({ position }, index) => {
          const share = (position - 1 - index) / (presentations.length - 7);
          expect(share).toBeGreaterThan((index + 0.2) / 6);
          expect(share).toBeLessThan((index + 0.8) / 6);
        });
        for (const { trial, order } of at) sides.set(trial, [...(sides.get(trial) ?? []), order.join('')]);
      }
      // Twelve sessions turn each check through its places alike.
      for (const orders of sides.values()) {
        const first = orders.filter((order) => order.startsWith('0')).length;
        expect(first).toBe(12 / size);
      }
    }
  });

  it('is trivial for single-stimulus and empty for no trials', () => {
    const singles = planned('single-stimulus', 9, 1);
    const presentations = session({ protocol: 'single-stimulus', trials: singles });
    expect(presentations.every(({ order }) => order.join() === '0')).toBe(true);
    expect(presentations).toHaveLength(9);
    expect(session({ trials: [] })).toEqual([]);
  });

  it('throws on a trial of another size, which no plan makes', () => {
    expect(() => session({ protocol: 'multiple-stimulus' })).toThrow('has 2 stimuli, not 4');
  });
});
