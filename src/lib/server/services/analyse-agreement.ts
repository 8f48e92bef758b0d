import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import * as results from '#lib/server/db/results.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import { recordOf } from './analyse-study.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';

export type { ModelReport, PeopleReport, StudyAgreement } from '#lib/domain/results/agreement-report.ts';

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

interface Analyses {
  /** The last that was begun of each study. */
  begun: Map<number, Entry>;
  finished: Map<number, StudyAgreement>;
}

/** In memory alone: everything in it can be computed again. */
const analyses = new WeakMap<object, Analyses>();

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
  await keepLook(lab, study, 'agreement');
  const key = await keyOf(lab, study, options);
  const known = analysesOf(lab).begun.get(study.id);
  const entry =
    known?.key === key && !known.controller.signal.aborted ? known : start(lab, study, key, options);
  if (entry.result) return entry.result;
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
  const { begun, finished } = analysesOf(lab);
  const result = finished.get(study.id) ?? null;
  const entry = begun.get(study.id);
  if (!entry || entry.controller.signal.aborted || entry.key !== (await keyOf(lab, study, options))) {
    return { state: 'none', share: 0, result };
  }
  return entry.result
    ? { state: 'done', share: 1, result: entry.result }
    : { state: 'running', share: entry.share, result };
}

async function keyOf(
  lab: Pick<Lab, 'db'>,
  study: Study,
  { seed, replicates }: Pick<AgreementOptions, 'seed' | 'replicates'>
): Promise<string> {
  return JSON.stringify([await results.stateOf(lab.db, study.id), seed ?? null, replicates ?? null]);
}

function start(
  lab: Pick<Lab, 'db'>,
  study: Study,
  key: string,
  { seed, replicates }: AgreementOptions
): Entry {
  const { begun, finished } = analysesOf(lab);
  const controller = new AbortController();
  const waiting = new Set<(share: number) => void>();
  const compute = async () => {
    const record = await recordOf(lab, study);
    const result = await runInWorker(
      'study-agreement',
      {
        record,
        ...(seed === undefined ? {} : { seed }),
        ...(replicates === undefined ? {} : { replicates })
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
    finished.set(study.id, result);
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
  let known = analyses.get(lab.db);
  if (!known) analyses.set(lab.db, (known = { begun: new Map(), finished: new Map() }));
  return known;
}
