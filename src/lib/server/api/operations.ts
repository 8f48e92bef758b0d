import type { Operation } from './operation.ts';
import { aboutOperations } from './operations/about.ts';
import { datasetOperations } from './operations/datasets.ts';
import { importOperations } from './operations/imports.ts';
import { modelOperations } from './operations/models.ts';
import { resultOperations } from './operations/results.ts';
import { runOperations } from './operations/runs.ts';
import { sittingOperations } from './operations/sittings.ts';
import { studyOperations } from './operations/studies.ts';
import { subsetOperations } from './operations/subsets.ts';
import { voteOperations } from './operations/votes.ts';

/** Everything that the API can do: what is not here does not exist, and what is here is documented. */
export const OPERATIONS: readonly Operation[] = [
  ...datasetOperations,
  ...importOperations,
  ...subsetOperations,
  ...studyOperations,
  ...runOperations,
  ...sittingOperations,
  ...voteOperations,
  ...resultOperations,
  ...modelOperations,
  ...aboutOperations
];
