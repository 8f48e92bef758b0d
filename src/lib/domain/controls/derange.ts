import { shuffled, type Random } from '#lib/stats/random.ts';

export interface Judged {
  id: number;
  /** Stimuli change places only within their pool: in full-reference studies within their reference. */
  pool: number;
}

/**
 * Who is shown in whose place so that nobody keeps their own: within every pool a derangement, all equally likely
 * (shuffles until one without a fixed point comes, about e = 2.7 of them). A bijection, so that a trial that showed
 * different stimuli still does.
 *
 * @returns shown id by judged id.
 * @throws RangeError naming a pool of one, which has no other picture to show.
 */
export function derange(stimuli: readonly Judged[], random: Random): Map<number, number> {
  const pools = new Map<number, number[]>();
  for (const { id, pool } of stimuli) {
    const members = pools.get(pool);
    if (members) members.push(id);
    else pools.set(pool, [id]);
  }
  const shown = new Map<number, number>();
  for (const members of pools.values()) {
    if (members.length < 2) throw new RangeError(`stimulus ${members[0]} has no other to change places with`);
    let order = shuffled(members, random);
    while (order.some((id, place) => id === members[place])) order = shuffled(members, random);
    members.forEach((id, place) => shown.set(id, order[place] as number));
  }
  return shown;
}
