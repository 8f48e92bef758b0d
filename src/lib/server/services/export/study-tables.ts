import type { Study } from '#lib/server/db/studies.ts';
import type { StreamedTable } from '#lib/server/tables/table.ts';
import { agreementNow } from '../analyse-agreement.ts';
import { cachedResults } from '../cached-results.ts';
import type { Lab } from '../lab.ts';
import { designTable } from './design-table.ts';
import { completionsTable, promptsTable } from './model-tables.ts';
import { responsesTable } from './responses-table.ts';
import { agreementTable, scoresTable } from './results-tables.ts';
import { sittingsTable, type SittingsOptions } from './sittings-table.ts';

export const TABLES = [
  'responses',
  'sittings',
  'scores',
  'agreement',
  'design',
  'prompts',
  'completions'
] as const;
export type TableName = (typeof TABLES)[number];

/** One of a study's tables, read as it is asked for. */
export async function studyTable(
  lab: Pick<Lab, 'db'>,
  study: Study,
  name: TableName,
  options: SittingsOptions = { participants: true }
): Promise<StreamedTable> {
  switch (name) {
    case 'responses':
      return responsesTable(lab, study);
    case 'sittings':
      return sittingsTable(lab, study, options);
    case 'scores':
      return scoresTable(await cachedResults(lab, study));
    case 'agreement':
      return agreementTable(await cachedResults(lab, study), await agreementNow(lab, study));
    case 'design':
      return designTable(lab, study);
    case 'prompts':
      return promptsTable(lab, study);
    case 'completions':
      return completionsTable(lab, study);
  }
}
