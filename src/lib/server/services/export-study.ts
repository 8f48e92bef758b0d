import { ReadableStream } from 'node:stream/web';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { parquetPieces } from '#lib/server/tables/write-parquet.ts';
import { csvPieces, encoded, jsonLinesPieces, jsonPieces } from '#lib/server/tables/write-stream.ts';
import type { StreamedTable } from '#lib/server/tables/table.ts';
import { zipStream } from '#lib/server/tables/write-zip.ts';
import { cachedResults } from './cached-results.ts';
import { agreementNow } from './analyse-agreement.ts';
import { agreementLatex } from './export/agreement-latex.ts';
import { psychDsEntries } from './export/psych-ds.ts';
import { pwcmpTable } from './export/pwcmp-layout.ts';
import { pyiqaCsv } from './export/pyiqa-layout.ts';
import { surealCsv, surealPython } from './export/ratings-layouts.ts';
import { studyTable, TABLES, type TableName } from './export/study-tables.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';

export { TABLES, type TableName } from './export/study-tables.ts';

/** Each table can be had in each of these. */
export const TABLE_FORMATS = ['csv', 'json', 'jsonl', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Files of the whole study, laid out as another program reads them, by the name under which they are asked for. */
export const LAYOUTS = {
  'psych-ds': { ending: 'zip', mediaType: 'application/zip' },
  sureal: { ending: 'py', mediaType: 'text/x-python; charset=utf-8' },
  'sureal-matrix': { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  pwcmp: { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  pyiqa: { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  latex: { ending: 'tex', mediaType: 'application/x-tex; charset=utf-8' }
} as const;
export type Layout = keyof typeof LAYOUTS;
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as Layout[];

export interface ExportedFile {
  fileName: string;
  mediaType: string;
  /** In pieces: a million rows pass through in constant memory. */
  stream: ReadableStream<Uint8Array>;
}

/** Tables that hold nothing that people answered to test trials. */
const WITHOUT_ANSWERS: readonly TableName[] = ['design', 'prompts', 'completions', 'sittings'];

const MEDIA_TYPES: Record<TableFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet'
};

/** One table of a study's data, streamed. */
export async function exportTable(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  what: TableName,
  format: TableFormat
): Promise<ExportedFile> {
  if (!TABLES.includes(what))
    throw new BadInput(`there is no export ${JSON.stringify(what)}: ${TABLES.join(', ')}`);
  if (!TABLE_FORMATS.includes(format)) {
    throw new BadInput(`there is no format ${JSON.stringify(format)}: ${TABLE_FORMATS.join(', ')}`);
  }
  if (!WITHOUT_ANSWERS.includes(what)) await keepLook(lab, study, `export of ${what}`);
  return {
    fileName: fileName(study, what, format),
    mediaType: MEDIA_TYPES[format],
    stream: ReadableStream.from(inFormat(await studyTable(lab, study, what), format))
  };
}

/** A study as another program reads it, streamed. @throws BadInput where its protocol does not fit. */
export async function exportLayout(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  layout: Layout
): Promise<ExportedFile> {
  if (!Object.hasOwn(LAYOUTS, layout))
    throw new BadInput(`there is no layout ${JSON.stringify(layout)}: ${LAYOUT_NAMES.join(', ')}`);
  const { ending, mediaType } = LAYOUTS[layout];
  await keepLook(lab, study, `export for ${layout}`);
  return {
    fileName: fileName(study, layout, ending),
    mediaType,
    stream: await layoutStream(lab, study, layout)
  };
}

async function layoutStream(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  layout: Layout
): Promise<ReadableStream<Uint8Array>> {
  switch (layout) {
    case 'psych-ds':
      return zipStream(psychDsEntries(lab, study));
    case 'sureal':
      return firstHeld(surealPython(lab, study));
    case 'sureal-matrix':
      return firstHeld(surealCsv(lab, study));
    case 'pwcmp':
      return ReadableStream.from(encoded(csvPieces(pwcmpTable(lab, study))));
    case 'pyiqa':
      return ReadableStream.from([...pyiqaCsv(await cachedResults(lab, study))].map(bytes));
    case 'latex':
      return ReadableStream.from([
        bytes(agreementLatex(await cachedResults(lab, study), await agreementNow(lab, study)))
      ]);
  }
}

/** Reads the first piece before anything is sent, so that what cannot be is said instead of begun. */
async function firstHeld(pieces: AsyncGenerator<string>): Promise<ReadableStream<Uint8Array>> {
  const first = await pieces.next();
  async function* all() {
    if (!first.done) yield first.value;
    yield* pieces;
  }
  return ReadableStream.from(encoded(all()));
}

function inFormat(table: StreamedTable, format: TableFormat): AsyncIterable<Uint8Array> {
  switch (format) {
    case 'csv':
      return encoded(csvPieces(table));
    case 'json':
      return encoded(jsonPieces(table));
    case 'jsonl':
      return encoded(jsonLinesPieces(table));
    case 'parquet':
      return parquetPieces(table);
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fileName(study: studies.Study, what: string, ending: string): string {
  return `${studies.addressOf(study)}-${what}.${ending}`.replaceAll(/[^\p{L}\p{N}._@-]+/gu, '_');
}
