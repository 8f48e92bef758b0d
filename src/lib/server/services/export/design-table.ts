import type { Study } from '#lib/server/db/studies.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';
import type { Lab } from '../lab.ts';
import { namedTrials } from './study-names.ts';

const COLUMNS: Column[] = [
  { name: 'study', type: 'text', description: 'Name of the study' },
  { name: 'version', type: 'integer', description: 'Version of the study' },
  {
    name: 'designHash',
    type: 'text',
    description: "SHA-256 of the study's frozen design: every trial, every stimulus by its hash"
  },
  { name: 'trial', type: 'integer', description: "Place of the trial in the study's plan, from 0" },
  { name: 'role', type: 'text', description: 'training, test, gold, trap or repeat' },
  { name: 'trialStimuli', type: 'texts', description: 'The judged images by slot of the plan' },
  { name: 'stimuliSha256', type: 'texts', description: 'SHA-256 of their files, in the same order' },
  { name: 'reference', type: 'text', description: 'The undistorted original shown beside them' },
  { name: 'referenceSha256', type: 'text', description: 'SHA-256 of its file' }
];

/** One row a planned trial. */
export function designTable(lab: Pick<Lab, 'db'>, study: Study): StreamedTable {
  return { name: 'design', columns: COLUMNS, rows: rows(lab, study) };
}

async function* rows(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<TableRow> {
  for (const { index, role, stimuli, reference } of (await namedTrials(lab, study)).values()) {
    yield [
      study.name,
      study.version,
      study.designHash,
      index,
      role,
      stimuli.map(({ name }) => name),
      stimuli.map(({ sha256 }) => sha256),
      reference?.name ?? null,
      reference?.sha256 ?? null
    ];
  }
}
