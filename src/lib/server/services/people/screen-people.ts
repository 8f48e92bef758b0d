import { peopleScreening, type PeopleScreening } from '#lib/domain/monitoring/people-screening.ts';
import * as results from '#lib/server/db/results.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import { recordOf } from '../analyse-study.ts';
import { keepAnswers } from '#lib/domain/results/packed-answers.ts';
import type { Lab } from '../lab.ts';
import { keepLook } from '../preregister.ts';

export type { PeopleScreening } from '#lib/domain/monitoring/people-screening.ts';

/** Below this a thread costs more than what it computes. */
const FEW_ANSWERS = 2000;

interface Entry {
  key: string;
  promise: Promise<PeopleScreening | null>;
  last: { screening: PeopleScreening | null; key: string } | null;
}

const KEPT = 8;
const known = new WeakMap<object, Map<number, Entry>>();

/** A study's people screened as their answers are now (`peopleScreening`); computed off the event loop where it is much. */
export async function screenPeople(lab: Pick<Lab, 'db'>, study: Study): Promise<PeopleScreening | null> {
  return (await entryOf(lab, study)).promise;
}

export interface ScreeningState {
  /** Null while none was ever finished, and where nobody has answered. */
  screening: PeopleScreening | null;
  /** Being computed; what is given, if anything, is from older answers. */
  running: boolean;
}

/** What there is within so many milliseconds; the computation goes on, and the last finished one serves meanwhile. */
export async function screeningWithin(
  lab: Pick<Lab, 'db'>,
  study: Study,
  ms = 1500
): Promise<ScreeningState> {
  const entry = await entryOf(lab, study);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    const screening = await Promise.race([entry.promise, patience]);
    return screening === 'late'
      ? { screening: entry.last?.screening ?? null, running: true }
      : { screening, running: false };
  } finally {
    clearTimeout(timer);
  }
}

async function entryOf(lab: Pick<Lab, 'db'>, study: Study): Promise<Entry> {
  await keepLook(lab, study, 'screening of people');
  const key = await results.stateOf(lab.db, study.id);
  let studies = known.get(lab.db);
  if (!studies) known.set(lab.db, (studies = new Map()));
  const before = studies.get(study.id);
  if (before?.key === key) return before;
  const entry: Entry = {
    key,
    last: before?.last ?? null,
    // One at a time: while answers stream in, the next begins when the last has ended.
    promise: (before?.promise ?? Promise.resolve()).catch(() => {}).then(() => compute(lab, study))
  };
  studies.delete(study.id);
  studies.set(study.id, entry);
  const [oldest] = studies.keys();
  if (studies.size > KEPT && oldest !== undefined) studies.delete(oldest);
  entry.promise.then(
    (screening) => {
      entry.last = { screening, key };
      const newest = studies.get(study.id);
      if (newest && newest !== entry) newest.last = entry.last;
    },
    () => {
      if (studies.get(study.id) === entry) studies.delete(study.id);
    }
  );
  return entry;
}

async function compute(lab: Pick<Lab, 'db'>, study: Study): Promise<PeopleScreening | null> {
  const record = await recordOf(lab, study, { everybody: true });
  const sessions = record.sessions.filter(({ door }) => door === 'page');
  const ids = new Set(sessions.map(({ sessionId }) => sessionId));
  const people = {
    ...record,
    sessions,
    answers: keepAnswers(record.answers, (answer) => ids.has(answer.sessionId))
  };
  return people.answers.count < FEW_ANSWERS
    ? peopleScreening(people)
    : runInWorker('people-screening', people);
}
