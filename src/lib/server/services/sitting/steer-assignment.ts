import { chooseActivePairs } from '#lib/domain/planning/active-pairs.ts';
import { MOST_BELIEVED_ITEMS, type ScaleBelief } from '#lib/domain/scaling/scale-belief.ts';
import { collectVotes } from '#lib/domain/scaling/votes.ts';
import type { Random } from '#lib/stats/random.ts';
import * as pairs from '#lib/server/db/pair-votes.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import type { Lab } from '../lab.ts';

/** A belief serves everybody who joins within this time; their choices are added to it as they are made. */
const FRESH_MS = 2_000;
/** A rater waits no longer for it than this; then the fixed design decides. */
const PATIENCE_MS = 4_000;

/** Chooses a rater's pairs: trial ids, the most informative first. */
export type Steering = (size: number, random: Random) => number[];

interface Held {
  belief: ScaleBelief;
  trials: { id: number; pair: [number, number] }[];
  madeAt: number;
}

const beliefs = new WeakMap<object, Map<number, Promise<Held | null>>>();

/**
 * Prepares active sampling for somebody who joins a double-stimulus study: what the votes so far say about the scale, with
 * the places of open sittings counted as votes to come, so that concurrent raters complement each other. The belief is
 * computed in a thread and outside any transaction. Whatever goes wrong or takes too long ends in null, and the caller
 * falls back to the fixed design: a rater is never turned away for it.
 */
export async function steerAssignment(
  lab: Pick<Lab, 'db' | 'log'>,
  studyId: number,
  staleAfterMs: number
): Promise<Steering | null> {
  const held = await Promise.race([
    current(lab, studyId, staleAfterMs),
    new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
  ]);
  if (held === null) return null;
  return (size, random) => {
    const { chosen, belief } = chooseActivePairs({
      belief: held.belief,
      pairs: held.trials.map((trial) => trial.pair),
      size,
      random
    });
    held.belief = belief;
    return chosen.map((index) => (held.trials[index] as Held['trials'][number]).id);
  };
}

/** The belief that is held for a study, made anew when it is old; at most one is being made at a time. */
async function current(
  lab: Pick<Lab, 'db' | 'log'>,
  studyId: number,
  staleAfterMs: number
): Promise<Held | null> {
  let ofLab = beliefs.get(lab.db);
  if (!ofLab) beliefs.set(lab.db, (ofLab = new Map<number, Promise<Held | null>>()));
  const known = ofLab.get(studyId);
  const held = known && (await known);
  if (held && Date.now() - held.madeAt < FRESH_MS) return held;
  // Somebody else may have begun a new one while this one waited.
  const begun = ofLab.get(studyId);
  if (begun && begun !== known) return begun;
  const fresh = makeBelief(lab.db, studyId, staleAfterMs).catch((error: unknown) => {
    lab.log.error({ err: error, studyId }, 'active sampling failed; the fixed design decides');
    return null;
  });
  ofLab.set(studyId, fresh);
  return fresh;
}

async function makeBelief(db: Lab['db'], studyId: number, staleAfterMs: number): Promise<Held | null> {
  const rows = await pairs.pairVotes(db, studyId, staleAfterMs);
  const items = new Map<number, number>();
  const numberOf = (stimulus: number): number => {
    let item = items.get(stimulus);
    if (item === undefined) items.set(stimulus, (item = items.size));
    return item;
  };
  const collector = collectVotes();
  const trials: Held['trials'] = [];
  const coming: { first: number; second: number; votes: number }[] = [];
  for (const row of rows) {
    const [first, second] = [numberOf(row.stimuli[0]), numberOf(row.stimuli[1])];
    trials.push({ id: row.trialId, pair: [first, second] });
    collector.add(first, second, 'first', row.wins[0]);
    collector.add(first, second, 'second', row.wins[1]);
    collector.add(first, second, 'same', row.ties);
    if (row.coming > 0) coming.push({ first, second, votes: row.coming });
  }
  if (items.size > MOST_BELIEVED_ITEMS) return null;
  const belief = await runInWorker('scale-belief', { table: collector.finish(items.size), coming });
  return { belief, trials, madeAt: Date.now() };
}
