import type { Random } from '#lib/stats/random.ts';
import { balancedOrientation } from './balanced-orientation.ts';
import { equitableSlots } from './equitable-slots.ts';

/**
 * Gives the members of each group a slot, so that every item stands in each slot as often as in any other, ±1.
 * Items and groups are the two sides of a bipartite graph. In groups of four its edges are split evenly at every vertex,
 * twice; other sizes take as many colours (`equitableSlots`).
 *
 * @param groups per group, different items 0 … items − 1, as many in each.
 * @returns per group, the same items, that of slot 0 first.
 */
export function balanceSlots(
  groups: readonly (readonly number[])[],
  items: number,
  random: Random
): number[][] {
  const size = groups[0]?.length ?? 4;
  if (size !== 4) return equitableSlots(groups, items, random);
  const item: number[] = [];
  const group: number[] = [];
  groups.forEach((members, index) => {
    for (const member of members) {
      item.push(member);
      group.push(items + index);
    }
  });
  const vertices = items + groups.length;
  const all = item.map((_, edge) => edge);
  const halves = split(all, item, group, vertices, random);
  const slots = halves.flatMap((half) => split(half, item, group, vertices, random));
  const result = groups.map(() => new Array<number>(4).fill(-1));
  slots.forEach((edges, slot) => {
    for (const edge of edges) {
      const members = result[(group[edge] as number) - items] as number[];
      members[slot] = item[edge] as number;
    }
  });
  return result;
}

function split(
  edges: readonly number[],
  item: readonly number[],
  group: readonly number[],
  vertices: number,
  random: Random
): [number[], number[]] {
  const from = edges.map((edge) => item[edge] as number);
  const to = edges.map((edge) => group[edge] as number);
  const forward = balancedOrientation({ vertices, from, to }, random);
  return [edges.filter((_, i) => forward[i] === 1), edges.filter((_, i) => forward[i] === 0)];
}
