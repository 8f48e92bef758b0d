import { shuffled, type Random } from '#lib/stats/random.ts';

/**
 * Slots for the members of groups of any one size s, so that every item stands in each slot as often as in any other, ±1.
 *
 * Each item is cut into parts of s memberships (the last of fewer); a graph between parts and groups in which no vertex
 * has more than s edges takes s colours so that no vertex sees one twice (König 1916). The colours are the slots: a full
 * part sees each once, the last one each at most once. An edge takes a colour free at both its ends, or one free at one
 * end after the path of two alternating colours from the other was turned round.
 *
 * @param groups per group, different items 0 … items − 1, as many in each.
 * @returns per group, the same items, that of slot 0 first.
 */
export function equitableSlots(
  groups: readonly (readonly number[])[],
  items: number,
  random: Random
): number[][] {
  const size = groups[0]?.length ?? 0;
  const memberships = shuffled(
    groups.flatMap((members, group) => members.map((item) => ({ item, group }))),
    random
  );
  const met = new Int32Array(items);
  const partOf = new Map<string, number>();
  const edges = memberships.map(({ item, group }) => {
    const seen = met[item] as number;
    met[item] = seen + 1;
    const key = `${item}/${Math.floor(seen / size)}`;
    const part = partOf.get(key) ?? partOf.size;
    partOf.set(key, part);
    return { item, group, part };
  });
  const vertices = groups.length + partOf.size;
  // Per vertex and colour the edge there, or −1; groups first, then parts.
  const at = new Int32Array(vertices * size).fill(-1);
  const ends = edges.map(({ group, part }) => [group, groups.length + part] as const);
  const free = (vertex: number): number => {
    for (let colour = 0; colour < size; colour++) if (at[vertex * size + colour] === -1) return colour;
    throw new Error(`vertex ${vertex} has more than ${size} edges`);
  };
  const otherEnd = (edge: number, vertex: number): number => {
    const [one, other] = ends[edge] as readonly [number, number];
    return one === vertex ? other : one;
  };
  edges.forEach((_, edge) => {
    const [group, part] = ends[edge] as readonly [number, number];
    const atGroup = free(group);
    const atPart = free(part);
    if (at[part * size + atGroup] !== -1) turnPath(part, atGroup, atPart);
    at[group * size + atGroup] = edge;
    at[part * size + atGroup] = edge;
  });

  /** Exchanges two colours along the path from a vertex at which the second one is free. */
  function turnPath(start: number, first: number, second: number): void {
    const path: number[] = [];
    for (let vertex = start, colour = first; ; colour = colour === first ? second : first) {
      const edge = at[vertex * size + colour] as number;
      if (edge === -1) break;
      path.push(edge);
      vertex = otherEnd(edge, vertex);
    }
    path.forEach((edge, step) => {
      const old = step % 2 === 0 ? first : second;
      for (const vertex of ends[edge] as readonly [number, number]) {
        if (at[vertex * size + old] === edge) at[vertex * size + old] = -1;
      }
    });
    path.forEach((edge, step) => {
      const now = step % 2 === 0 ? second : first;
      for (const vertex of ends[edge] as readonly [number, number]) at[vertex * size + now] = edge;
    });
  }

  return groups.map((_, group) =>
    Array.from({ length: size }, (_unused, slot) => {
      const edge = at[group * size + slot] as number;
      return (edges[edge] as { item: number }).item;
    })
  );
}
