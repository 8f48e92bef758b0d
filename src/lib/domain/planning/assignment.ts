import { shuffled, type Random } from '#lib/stats/random.ts';

/**
 * Which trials the next observer gets: the `size` with the fewest answers so far, ties broken at random.
 *
 * @param counts per trial, completed presentations plus those in sessions that are still fresh (a stale session's no
 *   longer count; which those are is the caller's policy).
 * @param size how many to choose; null or more than there are gives all.
 * @returns indices into `counts`, ascending. Choosing again and again with the counts kept up leaves no two trials more
 *   than one answer apart.
 */
export function assignTrials(counts: readonly number[], size: number | null, random: Random): number[] {
  const all = counts.map((_, trial) => trial);
  if (size === null || size >= counts.length) return all;
  return shuffled(all, random)
    .sort((a, b) => (counts[a] as number) - (counts[b] as number))
    .slice(0, size)
    .sort((a, b) => a - b);
}
