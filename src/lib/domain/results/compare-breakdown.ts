import { spearman } from '#lib/stats/correlation.ts';
import { quantile } from '#lib/stats/quantile.ts';
import { figureText } from '../plots/figure-text.ts';
import type { Shared } from './compare-two.ts';

export interface BreakdownRow {
  group: string;
  n: number;
  /** Of each with the MOS, and of both with each other; over references the mean within them. */
  srccA: number | null;
  srccB: number | null;
  srccAB: number | null;
  /** Mean distance of the places that the two give a stimulus, from 0 to 1. */
  apart: number;
}

export interface Breakdown {
  by: 'distortion' | 'level' | 'content' | 'MOS' | 'σ';
  rows: BreakdownRow[];
}

const QUARTERS = 4;
const FEWEST = 3;

/** Two observers by distortion, level, content, and by quarters of MOS and of σ; a dimension with one group is left out. */
export function breakDown(shared: readonly Shared[], pooled: boolean, direction: 1 | -1): Breakdown[] {
  const dimensions: { by: Breakdown['by']; groupOf: (one: Shared) => string | null; order?: string[] }[] = [
    { by: 'distortion', groupOf: ({ stimulus }) => stimulus.distortion },
    { by: 'level', groupOf: ({ stimulus }) => (stimulus.level === null ? null : String(stimulus.level)) },
    { by: 'content', groupOf: ({ stimulus }) => stimulus.reference },
    { by: 'MOS', ...quarters(shared, ({ stimulus }) => stimulus.mos) },
    { by: 'σ', ...quarters(shared, ({ stimulus }) => stimulus.sigma) }
  ];
  return dimensions.flatMap(({ by, groupOf, order }) => {
    const groups = new Map<string, Shared[]>();
    for (const one of shared) {
      const group = groupOf(one);
      if (group === null) continue;
      const members = groups.get(group);
      if (members) members.push(one);
      else groups.set(group, [one]);
    }
    if (groups.size < 2) return [];
    const names = order ?? [...groups.keys()].sort((x, y) => x.localeCompare(y, 'en', { numeric: true }));
    return [
      {
        by,
        rows: names.flatMap((group) => {
          const members = groups.get(group);
          return members ? [rowOf(group, members, pooled, direction)] : [];
        })
      }
    ];
  });
}

function rowOf(group: string, members: readonly Shared[], pooled: boolean, direction: 1 | -1): BreakdownRow {
  const known = members.filter(({ stimulus }) => stimulus.mos !== null);
  const mos = (one: Shared) => direction * (one.stimulus.mos as number);
  return {
    group,
    n: members.length,
    srccA: correlated(known, mos, (one) => one.a, pooled),
    srccB: correlated(known, mos, (one) => one.b, pooled),
    srccAB: correlated(
      members,
      (one) => one.a,
      (one) => one.b,
      pooled
    ),
    apart: members.reduce((sum, one) => sum + Math.abs(one.placeA - one.placeB), 0) / members.length
  };
}

/** Scales of different references share no unit: there it is the mean within those that have three stimuli. */
function correlated(
  members: readonly Shared[],
  x: (one: Shared) => number,
  y: (one: Shared) => number,
  pooled: boolean
): number | null {
  const pools = new Map<string | null, Shared[]>();
  for (const one of members) {
    const pool = pooled ? one.stimulus.reference : null;
    const known = pools.get(pool);
    if (known) known.push(one);
    else pools.set(pool, [one]);
  }
  const each = [...pools.values()].flatMap((of) =>
    of.length < FEWEST ? [] : (spearman(of.map(x), of.map(y)) ?? [])
  );
  return each.length === 0 ? null : each.reduce((sum, r) => sum + r, 0) / each.length;
}

/** Quarters of the stimuli by a figure, named by their ends; equal figures stay together. */
function quarters(
  shared: readonly Shared[],
  figure: (one: Shared) => number | null
): { groupOf: (one: Shared) => string | null; order: string[] } {
  const sorted = Float64Array.from(shared.flatMap((one) => figure(one) ?? [])).sort();
  if (sorted.length < QUARTERS) return { groupOf: () => null, order: [] };
  const ends = Array.from({ length: QUARTERS + 1 }, (_, k) => quantile(sorted, k / QUARTERS));
  const order = Array.from(
    { length: QUARTERS },
    (_, k) => `${figureText(ends[k], 2)} to ${figureText(ends[k + 1], 2)}`
  );
  return {
    order: [...new Set(order)],
    groupOf: (one) => {
      const value = figure(one);
      if (value === null) return null;
      const at = ends.slice(1).findIndex((end) => value <= (end ?? Infinity));
      return order[at < 0 ? QUARTERS - 1 : at] as string;
    }
  };
}
