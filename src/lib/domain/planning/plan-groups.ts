import { shuffled, type Random } from '#lib/stats/random.ts';

type Block = number[];

/** Above this many groups only the labels are mixed: counting who met whom would take too much memory. */
const MOST_MIXED_GROUPS = 200_000;

/** How many different groups of `size` there are among `count`; exact while it is below 2⁵³. */
export function groupsOf(size: number, count: number): number {
  let groups = 1;
  for (let i = 0; i < size; i++) groups = (groups * (count - i)) / (i + 1);
  return Math.max(0, groups);
}

/**
 * Which of `count` items are ranked together: m·N groups of s, each item in s·m of them; where there are not that many
 * different groups, all of them. No item twice in a group, no group twice, all items joined into one whole, and how
 * often two items meet as even as a search finds it (of four, at most once from a little above N = 12m + 1 on).
 *
 * Groups start as m blocks turned through the cyclic group of N (Bose's difference method: two items meet as often as
 * their difference occurs in the blocks), under random labels; then members of two random groups are exchanged wherever
 * that does not raise the sum of squared meetings.
 *
 * @param count at least `size`.
 */
export function planGroups(count: number, groupsPerItem: number, random: Random, size = 4): Block[] {
  const labels = shuffled(
    Array.from({ length: count }, (_, index) => index),
    random
  );
  const relabelled = (group: Block) => group.map((index) => labels[index] as number);
  if (groupsPerItem * count >= groupsOf(size, count)) {
    return shuffled(allBlocks(size, 0, count).map(relabelled), random);
  }
  const start = turnedBlocks(count, groupsPerItem, random, size).map(relabelled);
  if (start.length > MOST_MIXED_GROUPS) return shuffled(start, random);
  const mixed = exchanged(start, count, random);
  return shuffled(isConnected(mixed, count) ? mixed : start, random);
}

/** Every group of `size` out of `from` … `count` − 1, in lexicographic order. */
function allBlocks(size: number, from: number, count: number): Block[] {
  if (size === 0) return [[]];
  const blocks: Block[] = [];
  for (let first = from; first <= count - size; first++) {
    for (const rest of allBlocks(size - 1, first + 1, count)) blocks.push([first, ...rest]);
  }
  return blocks;
}

/** m·N groups: blocks that hold 0 and 1, or others where those run out, each turned by 0 … N − 1. */
function turnedBlocks(count: number, wanted: number, random: Random, size: number): Block[] {
  // With many orbits to choose from, random blocks are looked at; with few, every orbit there is.
  const orbits = groupsOf(size, count) / count;
  const chosen =
    wanted * 8 < orbits
      ? sparseBlocks(count, wanted, random, size)
      : denseBlocks(count, wanted, random, size);
  return chosen.flatMap((block) => orbit(block, count));
}

/**
 * The evenest of some tries. Where every difference could do with one use (s(s − 1)m ≤ N − 1) it is worth looking longer: a
 * try without any difference used twice means that no two items meet twice.
 */
function sparseBlocks(count: number, wanted: number, random: Random, size: number): Block[] {
  let best = greedyBlocks(count, wanted, random, size);
  const tries = size * (size - 1) * wanted <= count - 1 ? 60 : 5;
  for (let attempt = 1; attempt < tries && best.cost > 0; attempt++) {
    const other = greedyBlocks(count, wanted, random, size);
    if (other.cost < best.cost) best = other;
  }
  return best.blocks;
}

/** Blocks one by one, each the best of some random ones by how evenly the differences are used so far. */
function greedyBlocks(
  count: number,
  wanted: number,
  random: Random,
  size: number
): { blocks: Block[]; cost: number } {
  const uses = new Int32Array(count);
  const taken = new Set<string>();
  const blocks: Block[] = [];
  let total = 0;
  while (blocks.length < wanted) {
    let best: Block | null = null;
    let bestCost = Infinity;
    for (let attempt = 0; attempt < 200 && bestCost > 0; attempt++) {
      const block = randomBlock(count, random, blocks.length === 0, size);
      if (period(block, count) < count || taken.has(orbitKey(block, count))) continue;
      const cost = differenceCost(block, uses, count);
      if (cost < bestCost) [best, bestCost] = [block, cost];
    }
    if (best === null) continue;
    total += bestCost;
    taken.add(orbitKey(best, count));
    for (const difference of differences(best, count)) uses[difference] = (uses[difference] as number) + 1;
    blocks.push(best);
  }
  return { blocks, cost: total };
}

/** The first block holds 0 and 1, which joins all items whatever the others are. */
function randomBlock(count: number, random: Random, joining: boolean, size: number): Block {
  const members = new Set(joining ? [0, 1] : [0]);
  while (members.size < size) members.add(random.integer(count));
  return [...members];
}

/**
 * Whole orbits that add up to m·N groups, taken greedily by how evenly the differences are used. Short orbits (N/2, N/3 …
 * groups) come in as many as make N groups, and only when the full ones are used up.
 */
function denseBlocks(count: number, wanted: number, random: Random, size: number): Block[] {
  const full: Block[] = [];
  const short = new Map<number, Block[]>();
  const seen = new Set<string>();
  for (const rest of allBlocks(size - 1, 1, count)) {
    const block = [0, ...rest];
    const key = orbitKey(block, count);
    if (seen.has(key)) continue;
    seen.add(key);
    const turns = period(block, count);
    if (turns === count) full.push(block);
    else short.set(turns, [...(short.get(turns) ?? []), block]);
  }
  const uses = new Int32Array(count);
  const chosen: Block[] = [];
  const pick = (from: Block[], number: number) => {
    let pool = shuffled(from, random);
    for (let i = 0; i < number; i++) {
      let best = 0;
      let bestCost = Infinity;
      pool.forEach((block, index) => {
        const joins = chosen.length > 0 || differences(block, count).includes(1);
        const cost = differenceCost(block, uses, count) + (joins ? 0 : 1e9);
        if (cost < bestCost) [best, bestCost] = [index, cost];
      });
      const block = pool[best];
      if (block === undefined) throw new Error(`no ${number} orbits of groups for ${count} items`);
      for (const difference of differences(block, count)) uses[difference] = (uses[difference] as number) + 1;
      chosen.push(block);
      pool = pool.filter((_, index) => index !== best);
    }
  };
  pick(full, Math.min(wanted, full.length));
  // Longest first: those of N/2 groups in twos, those of N/3 in threes …
  let missing = wanted - full.length;
  for (const [turns, blocks] of [...short].sort(([a], [b]) => b - a)) {
    const each = count / turns;
    const rounds = Math.min(missing, Math.floor(blocks.length / each));
    if (rounds > 0) pick(blocks, rounds * each);
    missing -= Math.max(0, rounds);
  }
  if (missing > 0) throw new Error(`no ${wanted} rounds of groups of ${size} for ${count} items`);
  return chosen;
}

/** Both differences of each pair. */
function differences(block: Block, count: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < block.length; i++) {
    for (let j = i + 1; j < block.length; j++) {
      const difference = Math.abs((block[i] as number) - (block[j] as number));
      result.push(difference, count - difference);
    }
  }
  return result;
}

/** How much the sum of squared uses grows by this block, above the least that unused differences cost. */
function differenceCost(block: Block, uses: Int32Array, count: number): number {
  const added = new Map<number, number>();
  for (const difference of differences(block, count)) added.set(difference, (added.get(difference) ?? 0) + 1);
  let cost = -block.length * (block.length - 1);
  for (const [difference, times] of added) {
    const before = uses[difference] as number;
    cost += (before + times) ** 2 - before ** 2;
  }
  return cost;
}

/** How many turns bring the block back onto itself: N, or less for blocks that repeat within the circle. */
function period(block: Block, count: number): number {
  for (let divisor = block.length; divisor >= 2; divisor--) {
    if (block.length % divisor !== 0 || count % divisor !== 0) continue;
    const step = count / divisor;
    if (block.every((member) => block.includes((member + step) % count))) return step;
  }
  return count;
}

/** Every different group that turning the block gives. */
function orbit(block: Block, count: number): Block[] {
  return Array.from({ length: period(block, count) }, (_, turn) =>
    block.map((member) => (member + turn) % count)
  );
}

/** The same text for every turn of a block. */
function orbitKey(block: Block, count: number): string {
  let least: string | null = null;
  for (const origin of block) {
    const key = block
      .map((member) => (member - origin + count) % count)
      .sort((a, b) => a - b)
      .join(' ');
    if (least === null || key < least) least = key;
  }
  return least as string;
}

function groupKey(group: readonly number[]): string {
  return group
    .slice()
    .sort((a, b) => a - b)
    .join(' ');
}

/** Members of two random groups change places wherever two items then meet no less evenly, and no group twice. */
function exchanged(groups: readonly Block[], count: number, random: Random): Block[] {
  const result = groups.map((group) => group.slice());
  const meetings = new Map<number, number>();
  const key = (a: number, b: number) => (a < b ? a * count + b : b * count + a);
  const met = (a: number, b: number) => meetings.get(key(a, b)) ?? 0;
  const add = (a: number, b: number, by: number) => meetings.set(key(a, b), met(a, b) + by);
  for (const group of result) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length; j++) add(group[i] as number, group[j] as number, 1);
    }
  }
  const size = result[0]?.length ?? 0;
  const keys = new Set(result.map(groupKey));
  // Small plans need the search to be even at all; large ones are even from the start and only want mixing.
  const attempts = Math.max(4 * result.length, Math.min(200 * result.length, 60_000));
  for (let attempt = 0; attempt < attempts; attempt++) {
    const one = random.integer(result.length);
    const other = random.integer(result.length);
    const i = random.integer(size);
    const j = random.integer(size);
    const g = result[one] as Block;
    const h = result[other] as Block;
    const x = g[i] as number;
    const y = h[j] as number;
    if (one === other || x === y || g.includes(y) || h.includes(x)) continue;
    const restG = g.filter((member) => member !== x);
    const restH = h.filter((member) => member !== y);
    // A member of both groups meets x and y before and after, so it changes nothing.
    const leftG = restG.filter((member) => !restH.includes(member));
    const leftH = restH.filter((member) => !restG.includes(member));
    let change = 0;
    for (const member of leftG) change += met(y, member) - met(x, member) + 1;
    for (const member of leftH) change += met(x, member) - met(y, member) + 1;
    if (change > 0) continue;
    const newG = [...restG, y];
    const newH = [...restH, x];
    const keyG = groupKey(newG);
    const keyH = groupKey(newH);
    if (keys.has(keyG) || keys.has(keyH) || keyG === keyH) continue;
    keys.delete(groupKey(g));
    keys.delete(groupKey(h));
    keys.add(keyG);
    keys.add(keyH);
    for (const member of leftG) {
      add(x, member, -1);
      add(y, member, 1);
    }
    for (const member of leftH) {
      add(y, member, -1);
      add(x, member, 1);
    }
    result[one] = newG;
    result[other] = newH;
  }
  return result;
}

function isConnected(groups: readonly (readonly number[])[], count: number): boolean {
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  const root = (item: number): number => {
    let at = item;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  let parts = count;
  for (const [first, ...others] of groups) {
    for (const other of others) {
      const a = root(first as number);
      const b = root(other);
      if (a === b) continue;
      parent[a] = b;
      parts--;
    }
  }
  return parts === 1;
}
