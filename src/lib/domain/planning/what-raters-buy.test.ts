import { describe, expect, it } from 'vitest';
import { ratersFor, sittingOf, whatRatersBuy, type PanelAssumptions } from './what-raters-buy.ts';

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
