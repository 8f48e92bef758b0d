import { answerCount, AnswerPacker } from '#lib/domain/results/packed-answers.ts';
import { unpackResults } from '#lib/domain/results/packed-results.ts';
import { studyResults, type StudyRecord, type StudyResults } from '#lib/domain/results/study-results.ts';
import { usableRuleText } from '#lib/domain/monitoring/sitting-verdict.ts';
import * as results from '#lib/server/db/results.ts';
import * as studies from '#lib/server/db/studies.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';
import { unusableSittings } from './people/judge-sittings.ts';

export type { ObserverResult, StimulusResult, StudyResults } from '#lib/domain/results/study-results.ts';

/** Below this a thread costs more than the analysis: so many answers, and so many sessions × stimuli² to scale. */
const FEW_ANSWERS = 3000;
const SMALL_SCALES = 100_000;
/** What part of an analysis reading the answers is, about. */
const READING_SHARE = 0.4;

/**
 * What a study says. The rows are read here; the figures are computed in a worker thread, so that analysing never
 * delays a rater. Whoever asks has looked at what people answered: the first time is kept.
 */
export async function analyseStudy(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  options: RecordOptions = {}
): Promise<StudyResults> {
  const { onProgress } = options;
  await keepLook(lab, study, 'results');
  const read = (share: number) => onProgress?.(READING_SHARE * share);
  const record = await recordOf(lab, study, { ...options, onProgress: read });
  return resultsOf(record, (share) => onProgress?.(READING_SHARE + (1 - READING_SHARE) * share));
}

/** The figures of a record, in place where that is nothing, else in a thread. */
export async function resultsOf(
  record: StudyRecord,
  onProgress: (share: number) => void = () => {}
): Promise<StudyResults> {
  if (isSmall(record)) return studyResults(record);
  return unpackResults(await runInWorker('study-results', record, { onProgress }));
}

function isSmall({ study, answers, sessions, stimuli }: StudyRecord): boolean {
  if (answerCount(answers) >= FEW_ANSWERS) return false;
  return (
    study.design.protocol === 'single-stimulus' || (sessions.length + 1) * stimuli.length ** 2 < SMALL_SCALES
  );
}

export interface RecordOptions {
  /** Whether sittings that the study's own rule calls unusable are kept in. */
  everybody?: boolean;
  /** The share done, from 0 to 1. */
  onProgress?: (share: number) => void;
}

/**
 * Everything that a study's analyses are made from, read once. People's sittings that the study's own rule calls unusable
 * are not in it, unless everybody is asked for.
 */
export async function recordOf(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  { everybody = false, onProgress = () => {} }: RecordOptions = {}
): Promise<StudyRecord> {
  const rule = usableRuleText(study.design.sitting?.usable);
  const unusable = await unusableSittings(lab, study);
  const without = everybody ? new Set<number>() : unusable;
  const dataset = await studies.datasetOf(lab.db, study);
  const sessions = await results.sessionsOf(lab.db, study.id);
  const expected = sessions.reduce((sum, { outcomes }) => sum + (outcomes['ok'] ?? 0), 0);
  const answers = new AnswerPacker();
  let read = 0;
  await results.eachAnswer(lab.db, study.id, (answer) => {
    read++;
    if (!without.has(answer.sessionId)) answers.add(answer);
    if (read % 1000 === 0) onProgress(Math.min(1, read / expected));
  });
  return {
    study: { name: study.name, version: study.version, designHash: study.designHash, design: study.design },
    mosRange:
      dataset.mosLow === null || dataset.mosHigh === null
        ? null
        : { low: dataset.mosLow, high: dataset.mosHigh },
    mosDirection: dataset.mosDirection === -1 ? -1 : 1,
    trials: await studies.trialsOf(lab.db, study.id),
    stimuli: await studies.stimuliIn(lab.db, study.id),
    sessions: sessions.filter(({ sessionId }) => !without.has(sessionId)),
    ...(rule === null
      ? {}
      : everybody
        ? { unusable: [...unusable] }
        : { people: { rule, leftOut: without.size } }),
    answers: answers.finish()
  };
}
