import { describe, expect, it } from 'vitest';
import {
  comparisonOf,
  ratersFor,
  sittingOf,
  whatRatersBuy,
  type PanelAssumptions
} from './what-raters-buy.ts';

const plan: PanelAssumptions = {
  protocol: 'single-stimulus',
  testTrials: 150,
  trainingTrials: 1,
  trialsPerSession: null,
  bothOrders: false,
  hiddenRepeats: 0,
  appearances: 1,
  assumedSigma: 20,
  secondsPerTrial: 10
};

describe('sittingOf', () => {
  it('counts training, test and what comes twice', () => {
    expect(sittingOf(plan)).toEqual({ presentations: 151, minutes: 151 / 6 });
    expect(sittingOf({ ...plan, hiddenRepeats: 10 }).presentations).toBe(161);
    expect(sittingOf({ ...plan, trialsPerSession: 40 }).presentations).toBe(41);
    // At most half of the trials are repeated, as in the session itself.
    expect(sittingOf({ ...plan, trialsPerSession: 5, hiddenRepeats: 9 }).presentations).toBe(8);
  });

  it('doubles pairs that are shown in both orders, and nothing else', () => {
    expect(sittingOf({ ...plan, bothOrders: true }).presentations).toBe(151);
    expect(sittingOf({ ...plan, protocol: 'double-stimulus', bothOrders: true }).presentations).toBe(301);
  });
});

describe('whatRatersBuy', () => {
  it('gives the interval of a mean by hand: t(0.975, 14) = 2.144787', () => {
    const worth = whatRatersBuy(15, plan);
    expect(worth.halfWidth).toBeCloseTo((2.144787 * 20) / Math.sqrt(15), 4);
    expect(worth).toMatchObject({ answersPerTrial: 15, judgmentsPerStimulus: 15, unit: 'points' });
    expect(worth.hours).toBeCloseTo((15 * 151 * 10) / 3600, 10);
  });

  it('halves with four times the raters, nearly', () => {
    const few = whatRatersBuy(100, plan).halfWidth as number;
    const many = whatRatersBuy(400, plan).halfWidth as number;
    expect(few / many).toBeGreaterThan(2);
    expect(few / many).toBeLessThan(2.03);
  });

  it('counts only whole answers where people see a part, and has no interval for fewer than two', () => {
    const part = { ...plan, trialsPerSession: 50 };
    expect(whatRatersBuy(5, part).answersPerTrial).toBeCloseTo(5 / 3, 12);
    expect(whatRatersBuy(5, part).halfWidth).toBeNull();
    expect(whatRatersBuy(45, part).halfWidth).toBe(whatRatersBuy(15, plan).halfWidth);
  });

  it("gives a pair Wilson's widest interval, z/(2·√(n + z²))", () => {
    const pairs: PanelAssumptions = { ...plan, protocol: 'double-stimulus', appearances: 10 };
    const z = 1.959963984540054;
    const worth = whatRatersBuy(24, pairs);
    expect(worth.unit).toBe('share');
    expect(worth.halfWidth).toBeCloseTo(z / (2 * Math.sqrt(24 + z * z)), 12);
    expect(worth.judgmentsPerStimulus).toBe(240);
    // The same person's second look, sides swapped, is not another independent answer.
    expect(whatRatersBuy(24, { ...pairs, bothOrders: true }).halfWidth).toBe(worth.halfWidth);
    expect(whatRatersBuy(0, pairs)).toMatchObject({ answersPerTrial: 0, halfWidth: null, hours: 0 });
  });
});

describe('ratersFor', () => {
  it('invites as many as fill every trial', () => {
    expect(ratersFor(15, plan)).toBe(15);
    const part = { ...plan, trialsPerSession: 40 };
    const raters = ratersFor(15, part);
    expect(whatRatersBuy(raters, part).answersPerTrial).toBeGreaterThanOrEqual(15);
    expect(whatRatersBuy(raters - 1, part).answersPerTrial).toBeLessThan(15);
  });
});

describe('what two stimuli are told apart by, and what it costs', () => {
  it('is in points for scores, in votes for pairs, and nothing without a design to go by', () => {
    const scores = whatRatersBuy(15, { ...plan, payPerHour: 12 });
    // (t(0.975, 14) + z(0.8))·20·√(2/15)
    expect(scores.least?.difference).toBeCloseTo((2.144787 + 0.841621) * 20 * Math.sqrt(2 / 15), 3);
    expect(scores.least?.share).toBeNull();
    expect(scores.scaleHalfWidth).toBeNull();
    expect(scores.cost?.each).toBeCloseTo((12 * 151 * 10) / 3600, 10);
    expect(scores.cost?.all).toBeCloseTo(15 * (scores.cost?.each ?? 0), 8);
    const pairs = { ...plan, protocol: 'double-stimulus' as const, appearances: 10 };
    expect(whatRatersBuy(15, pairs)).toMatchObject({ least: null, scaleHalfWidth: null, cost: null });
    const comparison = comparisonOf(
      { protocol: 'double-stimulus' },
      { degree: { min: 10, max: 10, mean: 10 } }
    );
    expect(comparison).toEqual({ together: 2, degree: 10 });
    const worth = whatRatersBuy(16, { ...pairs, comparison });
    // 160 votes for each: √(9/8 · π/2 / 160)
    expect(worth.scaleHalfWidth).toBeCloseTo(1.959964 * Math.sqrt(((9 / 8) * Math.PI) / 2 / 160), 5);
    expect(worth.least?.share).toBeGreaterThan(0.5);
    expect(whatRatersBuy(64, { ...pairs, comparison }).scaleHalfWidth).toBeCloseTo(
      (worth.scaleHalfWidth ?? 0) / 2,
      10
    );
    expect(comparisonOf({ protocol: 'single-stimulus' }, { degree: null })).toBeNull();
  });
});
