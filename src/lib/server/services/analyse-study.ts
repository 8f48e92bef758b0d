import { studyResults, type StudyRecord, type StudyResults } from '#lib/domain/results/study-results.ts';
import * as results from '#lib/server/db/results.ts';
import * as studies from '#lib/server/db/studies.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import type { Lab } from './lab.ts';

export type { ObserverResult, StimulusResult, StudyResults } from '#lib/domain/results/study-results.ts';

/** Below this a thread costs more than the analysis: so many answers, and so many sessions × stimuli² to scale. */
const FEW_ANSWERS = 3000;
const SMALL_SCALES = 100_000;

/**
 * What a study says. The rows are read here; the figures are computed in a worker thread, so that analysing never
 * delays a rater.
 */
export async function analyseStudy(lab: Pick<Lab, 'db'>, study: studies.Study): Promise<StudyResults> {
  return resultsOf(await recordOf(lab, study));
}

/** The figures of a record, in place where that is nothing, else in a thread. */
export async function resultsOf(record: StudyRecord): Promise<StudyResults> {
  return isSmall(record) ? studyResults(record) : runInWorker('study-results', record);
}

function isSmall({ study, answers, sessions, stimuli }: StudyRecord): boolean {
  if (answers.length >= FEW_ANSWERS) return false;
  return (
    study.design.protocol === 'single-stimulus' || (sessions.length + 1) * stimuli.length ** 2 < SMALL_SCALES
  );
}

/** Everything that a study's analyses are made from, read once. */
export async function recordOf(lab: Pick<Lab, 'db'>, study: studies.Study): Promise<StudyRecord> {
  const dataset = await studies.datasetOf(lab.db, study);
  const answers: StudyRecord['answers'] = [];
  await results.eachAnswer(lab.db, study.id, (answer) => answers.push(answer));
  return {
    study: { name: study.name, version: study.version, designHash: study.designHash, design: study.design },
    mosRange:
      dataset.mosLow === null || dataset.mosHigh === null
        ? null
        : { low: dataset.mosLow, high: dataset.mosHigh },
    mosDirection: dataset.mosDirection === -1 ? -1 : 1,
    trials: await studies.trialsOf(lab.db, study.id),
    stimuli: await studies.stimuliIn(lab.db, study.id),
    sessions: await results.sessionsOf(lab.db, study.id),
    answers
  };
}
