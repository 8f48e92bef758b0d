import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { collectVotes, type VoteCollector, type WinTable } from '#lib/domain/scaling/votes.ts';
import type { Choice } from '#lib/domain/response.ts';
import type { Random } from '#lib/stats/random.ts';

/** Votes on random pairs of items with standard normal values; one in ten a tie. */
export function drawVotes(
  items: number,
  votes: number,
  random: Random,
  onVote: (first: number, second: number, choice: Choice) => void = () => {}
): VoteCollector {
  const truth = Float64Array.from({ length: items }, () => random.normal());
  const collector = collectVotes();
  for (let v = 0; v < votes; v++) {
    const first = random.integer(items);
    const second = (first + 1 + random.integer(items - 1)) % items;
    const better = random.normal() < (truth[first] as number) - (truth[second] as number);
    const choice = random.uniform() < 0.1 ? 'same' : better ? 'first' : 'second';
    collector.add(first, second, choice);
    onVote(first, second, choice);
  }
  return collector;
}

/** The counts of a table (ties split) as the peers read them. */
export function writeTable(folder: string, table: WinTable): void {
  const half = (wins: Float64Array) => wins.map((count, pair) => count + (table.ties[pair] as number) / 2);
  const bytes = (array: Int32Array | Float64Array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  writeFileSync(path.join(folder, 'first.i32'), bytes(table.first));
  writeFileSync(path.join(folder, 'second.i32'), bytes(table.second));
  writeFileSync(path.join(folder, 'a.f64'), bytes(half(table.winsFirst)));
  writeFileSync(path.join(folder, 'b.f64'), bytes(half(table.winsSecond)));
}
