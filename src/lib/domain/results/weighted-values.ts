import { scaleVotes, type TieRule } from '../scaling/scale-votes.ts';
import { collectVotes, type WinTable } from '../scaling/votes.ts';
import type { Choice } from '../response.ts';
import { votesIn, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';

/** The stimuli of a study that its values are about, and which of them share a scale. */
export interface ValueSpace {
  /** Ids of the stimuli in the test trials, ascending; every array of values runs over them. */
  stimuli: readonly number[];
  indexOf: ReadonlyMap<number, number>;
  /** Per stimulus the number of its pool: of its reference in full-reference studies, 0 otherwise. */
  pool: Int32Array;
  pools: number;
  trials: ReadonlyMap<number, { stimuli: number[]; referenceId: number | null }>;
}

export function valueSpace(record: StudyRecord): ValueSpace {
  const tests = record.trials.filter((trial) => trial.role === 'test');
  const stimuli = [...new Set(tests.flatMap((trial) => trial.stimuli))].sort((a, b) => a - b);
  const referenceOf = new Map(record.stimuli.map(({ id, referenceId }) => [id, referenceId]));
  const full = record.study.design.scenario === 'full-reference';
  const numbers = new Map<number | null, number>();
  const pool = Int32Array.from(stimuli, (id) => {
    const key = full ? (referenceOf.get(id) ?? null) : null;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key) as number;
  });
  return {
    stimuli,
    indexOf: new Map(stimuli.map((id, index) => [id, index])),
    pool,
    pools: numbers.size,
    trials: new Map(tests.map((trial) => [trial.id, trial]))
  };
}

/**
 * Values of all stimuli from some sittings, each counted so many times: means of scores, or Thurstone Case V values
 * (MAP) of the votes, one scale a pool. NaN where a stimulus has no answer. Built once, so that a bootstrap over
 * observers fits hundreds of scales without reading the answers again.
 */
export interface WeightedValues {
  /** @param weights one per sitting; all 1 when left out. */
  values(weights?: ArrayLike<number>, ties?: TieRule): Float64Array;
  /** The votes behind the values, all pools in one table; null for scores. */
  votes(weights?: ArrayLike<number>): WinTable | null;
}

export function weightedValues(
  sittings: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace
): WeightedValues {
  return record.study.design.protocol === 'single-stimulus'
    ? weightedMeans(sittings, space)
    : weightedScales(sittings, record, space);
}

function weightedMeans(sittings: readonly Sitting[], space: ValueSpace): WeightedValues {
  const sums = sittings.map(({ byTrial }) => {
    const sum = new Float64Array(space.stimuli.length);
    const count = new Float64Array(space.stimuli.length);
    for (const [trialId, answers] of byTrial) {
      const index = space.indexOf.get(space.trials.get(trialId)?.stimuli[0] ?? -1);
      if (index === undefined) continue;
      for (const { score } of answers) {
        if (score === null) continue;
        sum[index] = (sum[index] as number) + score;
        count[index] = (count[index] as number) + 1;
      }
    }
    return { sum, count };
  });
  return {
    values(weights) {
      const total = new Float64Array(space.stimuli.length);
      const count = new Float64Array(space.stimuli.length);
      sums.forEach((one, i) => {
        const weight = weights === undefined ? 1 : (weights[i] as number);
        if (weight === 0) return;
        for (let s = 0; s < total.length; s++) {
          total[s] = (total[s] as number) + weight * (one.sum[s] as number);
          count[s] = (count[s] as number) + weight * (one.count[s] as number);
        }
      });
      return total.map((sum, s) => (count[s] === 0 ? Number.NaN : sum / (count[s] as number)));
    },
    votes: () => null
  };
}

const KIND: Readonly<Record<Choice, 0 | 1 | 2>> = { first: 0, second: 1, same: 2 };

function weightedScales(
  sittings: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace
): WeightedValues {
  const collector = collectVotes();
  const cast = sittings.map(({ byTrial }) => {
    const list: { a: number; b: number; choice: Choice }[] = [];
    for (const [trialId, answers] of byTrial) {
      const stimuli = space.trials.get(trialId)?.stimuli;
      if (!stimuli) continue;
      for (const answer of answers) {
        for (const { first, second, choice } of votesIn(answer, record, stimuli)) {
          const a = space.indexOf.get(first) as number;
          const b = space.indexOf.get(second) as number;
          collector.add(a, b, choice);
          list.push({ a, b, choice });
        }
      }
    }
    return list;
  });
  const items = space.stimuli.length;
  const table = collector.finish(items);
  const pairOf = new Map<number, number>();
  table.first.forEach((first, pair) => pairOf.set(first * items + (table.second[pair] as number), pair));
  // Per sitting: pair · 3 + (0 for the lower-numbered, 1 for the other, 2 for neither).
  const votes = cast.map((list) =>
    Int32Array.from(list, ({ a, b, choice }) => {
      const swapped = a > b;
      const kind = choice === 'same' || !swapped ? KIND[choice] : 1 - KIND[choice];
      return (pairOf.get(Math.min(a, b) * items + Math.max(a, b)) as number) * 3 + kind;
    })
  );
  const weighted = (weights?: ArrayLike<number>): WinTable => {
    const counts = [0, 1, 2].map(() => new Float64Array(table.first.length)) as [
      Float64Array,
      Float64Array,
      Float64Array
    ];
    votes.forEach((list, i) => {
      const weight = weights === undefined ? 1 : (weights[i] as number);
      if (weight === 0) return;
      for (const code of list) {
        const column = counts[(code % 3) as 0 | 1 | 2];
        const pair = Math.floor(code / 3);
        column[pair] = (column[pair] as number) + weight;
      }
    });
    const [winsFirst, winsSecond, ties] = counts;
    const each = new Float64Array(items);
    let nVotes = 0;
    table.first.forEach((first, pair) => {
      const n = (winsFirst[pair] as number) + (winsSecond[pair] as number) + (ties[pair] as number);
      const second = table.second[pair] as number;
      each[first] = (each[first] as number) + n;
      each[second] = (each[second] as number) + n;
      nVotes += n;
    });
    return { ...table, winsFirst, winsSecond, ties, nVotes, votes: each };
  };
  const pools = poolTables(table, space);
  return {
    votes: weighted,
    // Pools share no pair: a fit for each gives the same values as one of all, in a fraction of the time.
    values(weights, ties = 'split') {
      const counted = weighted(weights);
      const values = new Float64Array(items).fill(Number.NaN);
      for (const { members, restrict } of pools) {
        const scale = scaleVotes(restrict(counted), { ties, standardErrors: false });
        if (!scale.ok) throw new Error(`a MAP scale was refused: ${scale.reason}`);
        members.forEach((item, local) => {
          if (counted.votes[item] !== 0) values[item] = scale.scale[local] as number;
        });
      }
      return values;
    }
  };
}

interface PoolTable {
  /** The pool's items. */
  members: readonly number[];
  /** Its part of a table over the same pairs, its items numbered from 0. */
  restrict(table: WinTable): WinTable;
}

function poolTables(table: WinTable, { pool, pools }: ValueSpace): PoolTable[] {
  return Array.from({ length: pools }, (_, p): PoolTable => {
    const members = [...pool.keys()].filter((item) => pool[item] === p);
    if (pools === 1) return { members, restrict: (whole) => whole };
    const local = new Map(members.map((item, index) => [item, index]));
    const pairs = [...table.first.keys()].filter((pair) => pool[table.first[pair] as number] === p);
    const numbered = (items: Int32Array) =>
      Int32Array.from(pairs, (pair) => local.get(items[pair] as number) as number);
    const [first, second] = [numbered(table.first), numbered(table.second)];
    const picked = (counts: Float64Array) => Float64Array.from(pairs, (pair) => counts[pair] as number);
    return {
      members,
      restrict(whole) {
        const votes = Float64Array.from(members, (item) => whole.votes[item] as number);
        return {
          items: members.length,
          first,
          second,
          winsFirst: picked(whole.winsFirst),
          winsSecond: picked(whole.winsSecond),
          ties: picked(whole.ties),
          nVotes: votes.reduce((sum, count) => sum + count, 0) / 2,
          votes
        };
      }
    };
  });
}
