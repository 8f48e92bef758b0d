import { metricAgreement } from '#lib/domain/agreement/metric-agreement.ts';
import { peopleScreening } from '#lib/domain/monitoring/people-screening.ts';
import { studyAgreement } from '#lib/domain/results/study-agreement.ts';
import { packResults } from '#lib/domain/results/packed-results.ts';
import { studyResults, type StudyRecord } from '#lib/domain/results/study-results.ts';
import { scaleBelief, type ComingVotes } from '#lib/domain/scaling/scale-belief.ts';
import type { WinTable } from '#lib/domain/scaling/votes.ts';
import { measuredFigures } from '#lib/domain/tables/measured-figures.ts';
import { draftPlan } from './draft-plan.ts';

/**
 * What threads can compute: pure functions of data that can be copied. A long one calls `onProgress` with the share
 * done, from 0 to 1.
 */
export const computations = {
  'study-results': (record: StudyRecord, onProgress: (share: number) => void) =>
    packResults(studyResults(record, onProgress)),
  'study-agreement': studyAgreement,
  'metric-agreement': metricAgreement,
  'draft-plan': draftPlan,
  'measured-figures': measuredFigures,
  'scale-belief': ({ table, coming }: { table: WinTable; coming: readonly ComingVotes[] }) =>
    scaleBelief(table, coming),
  'people-screening': peopleScreening
} satisfies Record<string, (input: never, onProgress: (share: number) => void) => unknown>;
export type Computations = typeof computations;
