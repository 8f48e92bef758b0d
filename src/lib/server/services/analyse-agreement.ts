import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import { choicesIn } from '#lib/domain/registration/registration.ts';
import * as analyses from '#lib/server/db/analyses.ts';
import * as registrations from '#lib/server/db/registrations.ts';
import * as results from '#lib/server/db/results.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import { recordOf } from './analyse-study.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';

export type { ModelReport, PeopleReport, StudyAgreement } from '#lib/domain/results/agreement-report.ts';

/** Raised whenever the same answers give other figures than before: what was kept then is out of date. */
const WAY_OF_COMPUTING = 1;

/** What is not said is as the study's pre-registration says. */
export interface AgreementOptions {
  seed?: number;
  replicates?: number;
  /** Whoever waits may stop waiting; the computation ends when nobody waits any more. */
  signal?: AbortSignal;
  /** The share done, from 0 to 1. */
  onProgress?: (share: number) => void;
}

/** How far the analysis of a study's present answers is. */
export interface AgreementState {
  /** none: has to be asked for. */
  state: 'none' | 'running' | 'done';
  /** Of `running`, from 0 to 1. */
  share: number;
  /** The last that was finished, if any; made from older answers unless the state is `done`. */
  result: StudyAgreement | null;
}

interface Entry {
  /** What it was computed from. */
  key: string;
  share: number;
  waiting: Set<(share: number) => void>;
  controller: AbortController;
  promise: Promise<StudyAgreement>;
  result: StudyAgreement | null;
}

interface Kept {
  key: string;
  result: StudyAgreement;
}

interface Analyses {
  /** The last that was begun of each study. */
  begun: Map<number, Entry>;
  /** The last that was finished, here or before this process began. */
  finished: Map<number, Kept>;
}

const known = new WeakMap<object, Analyses>();

/**
 * How well models stand in for people in a study, with intervals: see `StudyAgreement`. Computed in a worker thread,
 * which takes minutes for a large study; asked for twice, it is computed once, and kept until an answer comes in.
 *
 * @throws the signal's reason, once aborted.
 */
export async function analyseAgreement(
  lab: Pick<Lab, 'db'>,
  study: Study,
  options: AgreementOptions = {}
): Promise<StudyAgreement> {
  const { signal, onProgress = () => {} } = options;
  signal?.throwIfAborted();
  const begun = await begin(lab, study, options);
  if (begun.result) return begun.result;
  const { entry } = begun;
  // A function of its own for each who waits, so that one may be told twice.
  const listener = (share: number) => onProgress(share);
  entry.waiting.add(listener);
  let leave = () => {};
  const left = new Promise<never>((_, reject) => (leave = () => reject(signal?.reason as Error)));
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted) leave();
  try {
    return await Promise.race([entry.promise, left]);
  } finally {
    signal?.removeEventListener('abort', leave);
    entry.waiting.delete(listener);
    if (entry.waiting.size === 0 && entry.result === null)
      entry.controller.abort(new Error('nobody waits any more'));
  }
}

/** The same without waiting for the end: under way once this resolves, in its own thread while pages come and go. */
export async function beginAgreement(lab: Pick<Lab, 'db' | 'log' | 'stopping'>, study: Study): Promise<void> {
  const { entry } = await begin(lab, study, {});
  // Counts as one who waits: somebody else who stops waiting does not end it.
  entry?.waiting.add(() => {});
  entry?.promise.catch((error: unknown) => {
    if (!lab.stopping.aborted && !(error instanceof AgreementCancelled))
      lab.log.error({ err: error, study: study.name }, 'agreement');
  });
}

/** What is there already, or the analysis that goes on, begun here where it was not. */
async function begin(
  lab: Pick<Lab, 'db'>,
  study: Study,
  options: AgreementOptions
): Promise<{ result: StudyAgreement; entry: null } | { result: null; entry: Entry }> {
  await keepLook(lab, study, 'agreement');
  const choices = await choicesOf(lab, study, options);
  const key = await keyOf(lab, study, choices);
  const going = () => {
    const last = analysesOf(lab).begun.get(study.id);
    return last?.key === key && !last.controller.signal.aborted ? last : null;
  };
  if (going() === null) {
    const last = await lastOf(lab, study, key);
    if (last?.key === key) return { result: last.result, entry: null };
  }
  // Looked for once more: somebody may have begun it while the database was asked.
  const entry = going() ?? start(lab, study, key, choices);
  return entry.result ? { result: entry.result, entry: null } : { result: null, entry };
}

/** Ends the study's analysis for everybody who waits for it. @returns whether one was under way. */
export function cancelAgreement(lab: Pick<Lab, 'db'>, study: Study): boolean {
  const entry = analysesOf(lab).begun.get(study.id);
  if (!entry || entry.result || entry.controller.signal.aborted) return false;
  entry.controller.abort(new AgreementCancelled());
  return true;
}

/** Why a wait ended that somebody cancelled. */
export class AgreementCancelled extends Error {
  override readonly name = 'AgreementCancelled';
  constructor() {
    super('the computation was stopped');
  }
}

/** Whether the analysis of the answers as they are now is there, under way, or has yet to be asked for. */
export async function agreementState(
  lab: Pick<Lab, 'db'>,
  study: Study,
  options: Pick<AgreementOptions, 'seed' | 'replicates'> = {}
): Promise<AgreementState> {
  const key = await keyOf(lab, study, await choicesOf(lab, study, options));
  const last = await lastOf(lab, study, key);
  const result = last?.result ?? null;
  if (last?.key === key) return { state: 'done', share: 1, result };
  const entry = analysesOf(lab).begun.get(study.id);
  return entry?.key === key && !entry.controller.signal.aborted && entry.result === null
    ? { state: 'running', share: entry.share, result }
    : { state: 'none', share: 0, result };
}

/** The slow figures of the answers as they are now; null where they were not computed. */
export async function agreementNow(lab: Pick<Lab, 'db'>, study: Study): Promise<StudyAgreement | null> {
  const { state, result } = await agreementState(lab, study);
  return state === 'done' ? result : null;
}

/** Nothing is kept any longer that was made from a study's answers as they were. */
export async function forgetAgreement(lab: Pick<Lab, 'db'>, studyId: number): Promise<void> {
  const { begun, finished } = analysesOf(lab);
  begun.delete(studyId);
  finished.delete(studyId);
  await analyses.forget(lab.db, studyId);
}

interface Choices {
  seed: number | null;
  replicates: number | null;
}

async function choicesOf(
  lab: Pick<Lab, 'db'>,
  study: Pick<Study, 'id'>,
  { seed, replicates }: Pick<AgreementOptions, 'seed' | 'replicates'>
): Promise<Choices> {
  const found = await registrations.ofStudy(lab.db, study.id);
  const registered = found && choicesIn(found.text);
  return {
    seed: seed ?? registered?.seed ?? null,
    replicates: replicates ?? registered?.replicates ?? null
  };
}

async function keyOf(lab: Pick<Lab, 'db'>, study: Study, { seed, replicates }: Choices): Promise<string> {
  return JSON.stringify([WAY_OF_COMPUTING, await results.stateOf(lab.db, study.id), seed, replicates]);
}

/** What was finished last; read from the database only where this process does not have what the key asks for. */
async function lastOf(lab: Pick<Lab, 'db'>, study: Pick<Study, 'id'>, key: string): Promise<Kept | null> {
  const { finished } = analysesOf(lab);
  const mine = finished.get(study.id);
  if (mine?.key === key) return mine;
  const kept = await analyses.ofStudy(lab.db, study.id);
  if (kept === null) return mine ?? null;
  finished.set(study.id, kept);
  return kept;
}

function start(lab: Pick<Lab, 'db'>, study: Study, key: string, { seed, replicates }: Choices): Entry {
  const { begun, finished } = analysesOf(lab);
  const controller = new AbortController();
  const waiting = new Set<(share: number) => void>();
  const compute = async () => {
    const record = await recordOf(lab, study);
    const result = await runInWorker(
      'study-agreement',
      {
        record,
        ...(seed === null ? {} : { seed }),
        ...(replicates === null ? {} : { replicates })
      },
      {
        signal: controller.signal,
        takesTurns: true,
        onProgress: (share) => {
          entry.share = share;
          for (const listener of waiting) listener(share);
        }
      }
    );
    entry.result = result;
    // Answers may have come in since the key was made: then it is kept under the older one. Not where somebody has withdrawn.
    if (begun.get(study.id) === entry) {
      finished.set(study.id, { key, result });
      await analyses.keep(lab.db, study.id, key, result);
    }
    return result;
  };
  const entry: Entry = {
    key,
    share: 0,
    waiting,
    controller,
    result: null,
    promise: Promise.resolve().then(compute)
  };
  // One begun from older answers goes on for whoever waits for it.
  begun.set(study.id, entry);
  entry.promise.catch(() => {
    if (begun.get(study.id) === entry) begun.delete(study.id);
  });
  return entry;
}

function analysesOf(lab: Pick<Lab, 'db'>): Analyses {
  let mine = known.get(lab.db);
  if (!mine) known.set(lab.db, (mine = { begun: new Map(), finished: new Map() }));
  return mine;
}
