import type { Protocol, Scenario } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { groupsOf } from './plan-groups.ts';
import type { StimulusPool } from './plan-trials.ts';

export interface Spread {
  min: number;
  max: number;
  mean: number;
}

/** What a plan is like among the stimuli of one reference, or among all of them without reference. */
export interface PoolReport {
  referenceId: string | null;
  stimuli: number;
  trials: number;
  /** In how many trials a stimulus stands. */
  appearances: Spread;
  /** With how many different others a stimulus is compared; null for single-stimulus. */
  degree: Spread | null;
  /** Parts that no comparison joins; null for single-stimulus, where nothing is compared. */
  components: number | null;
  /** The most by which any stimulus stands in one slot oftener than in another; null for single-stimulus. */
  positionBalance: number | null;
  /** How often two stimuli stand in one trial, over all pairs of them; null for single-stimulus. */
  cooccurrence: Spread | null;
  /** Trials that judge the same stimuli as an earlier one. */
  repeats: number;
  /** Whether every possible pair or group is there. */
  complete: boolean;
}

/** The plan's own account of itself; test trials only. Without references, one pool and the same figures. */
export interface PlanReport extends Omit<PoolReport, 'referenceId'> {
  protocol: Protocol;
  scenario: Scenario;
  /** How many references the plan spans; null in no-reference studies. */
  references: number | null;
  /** One for each reference in full-reference studies, else empty. */
  byReference: PoolReport[];
  /** Pairs with a difference score that no trial of the protocol can hold; absent where there are none. */
  leftOut?: number;
}

interface Account {
  protocol: Protocol;
  scenario: Scenario;
  pools: readonly StimulusPool[];
  trials: readonly PlannedTrial[];
}

/** Counts what a plan holds, from its trials alone. */
export function reportPlan({ protocol, scenario, pools, trials }: Account): PlanReport {
  const trialsOf = new Map<string | null, PlannedTrial[]>(pools.map((pool) => [pool.referenceId, []]));
  for (const trial of trials) {
    trialsOf.get(trial.referenceId)?.push(trial);
  }
  const reports = pools.map((pool) => reportPool(protocol, pool, trialsOf.get(pool.referenceId) ?? []));
  const compared = protocol !== 'single-stimulus';
  const sum = (of: (report: PoolReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const stimuli = sum((report) => report.stimuli);
  const weightOfPairs = (report: PoolReport) => (report.stimuli * (report.stimuli - 1)) / 2;
  return {
    protocol,
    scenario,
    references: scenario === 'full-reference' ? pools.length : null,
    stimuli,
    trials: sum((report) => report.trials),
    appearances: merged(
      reports,
      (report) => report.appearances,
      (report) => report.stimuli
    ),
    degree: compared
      ? merged(
          reports,
          (report) => report.degree,
          (report) => report.stimuli
        )
      : null,
    components: compared ? sum((report) => report.components ?? 0) : null,
    positionBalance: compared ? Math.max(...reports.map((report) => report.positionBalance ?? 0)) : null,
    cooccurrence: compared ? merged(reports, (report) => report.cooccurrence, weightOfPairs) : null,
    repeats: sum((report) => report.repeats),
    complete: reports.every((report) => report.complete),
    byReference: scenario === 'full-reference' ? reports : []
  };
}

function reportPool(protocol: Protocol, pool: StimulusPool, trials: readonly PlannedTrial[]): PoolReport {
  const count = pool.ids.length;
  const indexOf = new Map(pool.ids.map((id, index) => [id, index]));
  const slots = trials[0]?.stimuli.length ?? 1;
  const groups = trials.map((trial) => trial.stimuli.map((id) => indexOf.get(id) as number));
  const inSlot = new Int32Array(count * slots);
  for (const group of groups) {
    group.forEach(
      (item, slot) => (inSlot[item * slots + slot] = (inSlot[item * slots + slot] as number) + 1)
    );
  }
  const appearances: number[] = [];
  let positionBalance = 0;
  for (let item = 0; item < count; item++) {
    const own = inSlot.subarray(item * slots, (item + 1) * slots);
    appearances.push(own.reduce((total, times) => total + times, 0));
    positionBalance = Math.max(positionBalance, Math.max(...own) - Math.min(...own));
  }
  const base = {
    referenceId: pool.referenceId,
    stimuli: count,
    trials: trials.length,
    appearances: spread(appearances)
  };
  if (protocol === 'single-stimulus') {
    return {
      ...base,
      degree: null,
      components: null,
      positionBalance: null,
      cooccurrence: null,
      repeats: appearances.reduce((total, times) => total + Math.max(0, times - 1), 0),
      complete: appearances.every((times) => times > 0)
    };
  }
  const { degree, components, cooccurrence, pairs } = meetings(groups, count);
  const possible = groupsOf(slots, count);
  const different =
    protocol === 'double-stimulus' ? pairs : new Set(groups.map((group) => setKey(group, count))).size;
  return {
    ...base,
    degree,
    components,
    positionBalance,
    cooccurrence,
    repeats: groups.length - different,
    complete: different === possible
  };
}

/** Who stands in a trial with whom, how often, and into how many parts that leaves them. */
function meetings(groups: readonly (readonly number[])[], count: number) {
  const perGroup = ((groups[0]?.length ?? 0) * ((groups[0]?.length ?? 0) - 1)) / 2;
  const pairs = new Float64Array(groups.length * perGroup);
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  const root = (item: number): number => {
    let at = item;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  let filled = 0;
  let components = count;
  for (const group of groups) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length; j++) {
        const a = group[i] as number;
        const b = group[j] as number;
        pairs[filled++] = Math.min(a, b) * count + Math.max(a, b);
        const rootA = root(a);
        const rootB = root(b);
        if (rootA !== rootB) {
          parent[rootA] = rootB;
          components--;
        }
      }
    }
  }
  pairs.sort();
  const degrees = new Array<number>(count).fill(0);
  let different = 0;
  let min = Infinity;
  let max = 0;
  for (let start = 0; start < filled;) {
    let end = start + 1;
    while (end < filled && pairs[end] === pairs[start]) end++;
    const pair = pairs[start] as number;
    for (const item of [Math.floor(pair / count), pair % count])
      degrees[item] = (degrees[item] as number) + 1;
    different++;
    min = Math.min(min, end - start);
    max = Math.max(max, end - start);
    start = end;
  }
  const possible = (count * (count - 1)) / 2;
  const cooccurrence = { min: different < possible ? 0 : min, max, mean: filled / possible };
  return { degree: spread(degrees), components, cooccurrence, pairs: different };
}

/** The same value for the same items in any order: a number, or a text where that would not hold it exactly. */
function setKey(group: readonly number[], count: number): number | string {
  if (group.length !== 4)
    return group
      .slice()
      .sort((x, y) => x - y)
      .join(' ');
  const [a = 0, b = 0, c = 0, d = 0] = group.slice().sort((x, y) => x - y);
  return count <= 9000 ? ((a * count + b) * count + c) * count + d : `${a} ${b} ${c} ${d}`;
}

function spread(values: readonly number[]): Spread {
  let min = Infinity;
  let max = -Infinity;
  let total = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    total += value;
  }
  return { min, max, mean: total / values.length };
}

function merged(
  reports: readonly PoolReport[],
  of: (report: PoolReport) => Spread | null,
  weight: (report: PoolReport) => number
): Spread {
  let min = Infinity;
  let max = -Infinity;
  let total = 0;
  let weights = 0;
  for (const report of reports) {
    const value = of(report);
    if (value === null) continue;
    min = Math.min(min, value.min);
    max = Math.max(max, value.max);
    total += value.mean * weight(report);
    weights += weight(report);
  }
  return { min, max, mean: total / weights };
}
