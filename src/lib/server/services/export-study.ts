import { ReadableStream } from 'node:stream/web';
import * as exported from '#lib/server/db/exports.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { csvText, type Cell } from '#lib/server/tables/write-table.ts';
import { analyseStudy, type StudyResults } from './analyse-study.ts';
import type { Lab } from './lab.ts';

export const EXPORTS = ['responses', 'scores', 'agreement'] as const;
export type ExportWhat = (typeof EXPORTS)[number];
export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportedFile {
  fileName: string;
  mediaType: string;
  /** Text in pieces: a million rows pass through in constant memory. */
  stream: ReadableStream<Uint8Array>;
}

const SLICE = 5000;

/** One file of a study's data, streamed. */
export async function exportStudy(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  what: ExportWhat,
  format: ExportFormat
): Promise<ExportedFile> {
  if (!EXPORTS.includes(what))
    throw new BadInput(`there is no export ${JSON.stringify(what)}: ${EXPORTS.join(', ')}`);
  if (!EXPORT_FORMATS.includes(format)) {
    throw new BadInput(`there is no format ${JSON.stringify(format)}: ${EXPORT_FORMATS.join(', ')}`);
  }
  const rows =
    what === 'responses'
      ? responseRows(lab, study)
      : fromResults(await analyseStudy(lab, study), what === 'scores' ? scoreRows : agreementRows);
  const header = what === 'responses' ? RESPONSES : what === 'scores' ? SCORES : AGREEMENT;
  const pieces = format === 'csv' ? csvPieces(header, rows) : jsonPieces(header, rows);
  return {
    fileName: `${studies.addressOf(study)}-${what}.${format}`.replaceAll(/[^\p{L}\p{N}._@-]+/gu, '_'),
    mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
    stream: ReadableStream.from(encoded(pieces))
  };
}

const RESPONSES = [
  'study',
  'protocol',
  'scenario',
  'session',
  'observer',
  'kind',
  'strategy',
  'trial',
  'role',
  'position',
  'stimuli',
  'reference',
  'outcome',
  'score',
  'choice',
  'ranking',
  'responseTimeMs',
  'presentedAt',
  'answeredAt',
  'model',
  'promptId',
  'promptVersion',
  'tokensIn',
  'tokensOut',
  'cost',
  'raw'
] as const;

type Row = readonly (Cell | readonly (string | number)[])[];

/** One row a presentation, people and models alike; unanswered ones too, with empty cells. */
async function* responseRows(lab: Pick<Lab, 'db'>, study: studies.Study): AsyncGenerator<Row> {
  let after = 0;
  for (;;) {
    const rows = await exported.presentationsAfter(lab.db, study.id, after, SLICE);
    for (const row of rows) {
      const ok = row.outcome === 'ok';
      yield [
        study.name,
        study.protocol,
        study.scenario,
        row.session,
        row.observer,
        row.kind,
        row.strategy,
        row.trial,
        row.role,
        row.position,
        row.stimuli,
        row.reference,
        row.outcome,
        ok ? row.score : null,
        ok ? row.choice : null,
        ok ? row.ranking : null,
        row.responseTimeMs,
        instant(row.presentedAt),
        instant(row.answeredAt),
        row.model,
        row.promptId,
        row.promptVersion,
        row.tokensIn,
        row.tokensOut,
        row.cost,
        ok ? row.raw : null
      ];
    }
    const last = rows.at(-1);
    if (!last || rows.length < SLICE) return;
    after = last.id;
  }
}

const SCORES = [
  'study',
  'stimulus',
  'reference',
  'mos',
  'sigma',
  'observer',
  'kind',
  'simulated',
  'value',
  'scaled',
  'n',
  'observerSigma',
  'se'
] as const;

function* scoreRows(results: StudyResults): Generator<Row> {
  const observers = new Map(results.observers.map((observer) => [observer.observer, observer]));
  for (const stimulus of results.stimuli) {
    for (const [name, value] of Object.entries(stimulus.values)) {
      const observer = observers.get(name);
      yield [
        results.study,
        stimulus.stimulus,
        stimulus.reference,
        stimulus.mos,
        stimulus.sigma,
        name,
        observer?.kind ?? null,
        observer?.simulated ?? null,
        value.value,
        value.scaled,
        value.n,
        value.sigma,
        value.se
      ];
    }
  }
}

const AGREEMENT = [
  'study',
  'observer',
  'kind',
  'simulated',
  'strategy',
  'presentations',
  'ok',
  'missing',
  'truth',
  'stimuli',
  'srcc',
  'krcc',
  'plccRaw',
  'plcc',
  'rmse',
  'sigmaNormalisedError'
] as const;

function* agreementRows(results: StudyResults): Generator<Row> {
  for (const observer of results.observers) {
    const ok = observer.outcomes['ok'] ?? 0;
    for (const [truth, figures] of [
      ['mos', observer],
      ['people', observer.againstRaters]
    ] as const) {
      if (figures === null) continue;
      yield [
        results.study,
        observer.observer,
        observer.kind,
        observer.simulated,
        observer.strategy,
        observer.presentations,
        ok,
        observer.presentations - ok,
        truth,
        figures.n,
        figures.srcc,
        figures.krcc,
        figures.plccRaw,
        figures.plcc,
        figures.rmse,
        figures.sigmaNormalisedError
      ];
    }
  }
}

async function* fromResults(
  results: StudyResults,
  rows: (results: StudyResults) => Generator<Row>
): AsyncGenerator<Row> {
  yield* rows(results);
}

/** Lists inside a cell are separated by "|". */
async function* csvPieces(header: readonly string[], rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let batch: Cell[][] = [[...header]];
  for await (const row of rows) {
    batch.push(row.map((cell) => (Array.isArray(cell) ? cell.join('|') : (cell as Cell))));
    if (batch.length >= 500) {
      yield csvText(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield csvText(batch);
}

async function* jsonPieces(header: readonly string[], rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let first = true;
  let piece = '[';
  for await (const row of rows) {
    const entry = Object.fromEntries(header.map((name, index) => [name, row[index] ?? null]));
    piece += `${first ? '\n' : ',\n'}${JSON.stringify(entry)}`;
    first = false;
    if (piece.length > 64_000) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n]\n`;
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(piece);
}

function instant(value: string | Date | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}
