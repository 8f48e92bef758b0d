import { createHash } from 'node:crypto';
import { BUILT_IN_NAMES } from '#lib/metrics/catalogue.ts';
import type { Direction } from '#lib/domain/metric-outcome.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { TableHeader, TableSource } from '#lib/server/tables/read-table.ts';
import { isEmpty, readValues, textOf, valueOf, type ValueRow } from '#lib/server/tables/read-values.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';
import { stimulusFinder } from './stimulus-names.ts';

export interface ScoreImport {
  dataset: string;
  /** Metrics of the file whose lower values are better; those of the others are higher. */
  lowerIsBetter: readonly string[] | 'all';
}

export interface ScoreReport {
  dataset: string;
  metrics: { name: string; direction: Direction; values: number; missing: number; alreadyThere: boolean }[];
}

/** Values of one metric before they are stored, with the line on which each stands. */
type Column = Map<number, { value: number; line: number }>;

/**
 * Takes scores that were computed elsewhere into a dataset: a table with `stimulus`, `metric`, `value`, or with `stimulus`
 * and a column a metric. All of it or nothing: the first row that cannot be used ends it. An empty cell is a missing value.
 *
 * @throws BadInput naming line and column.
 */
export async function importScores(
  lab: Pick<Lab, 'db'>,
  source: TableSource,
  options: ScoreImport
): Promise<ScoreReport> {
  const dataset = await datasetNamed(lab.db, options.dataset);
  const stimuli = await datasets.stimuliOf(lab.db, dataset.id);
  const judged = stimuli.filter((row) => row.kind === 'distorted').length;
  const hash = createHash('sha256');
  const columns = await readColumns(hashed(source, hash), stimulusFinder(stimuli));
  const sha256 = hash.digest('hex');
  const file = source.label;
  if (options.lowerIsBetter !== 'all') {
    const unknown = options.lowerIsBetter.find((name) => !columns.has(name));
    if (unknown !== undefined) {
      throw new BadInput(
        `has no metric ${JSON.stringify(unknown)} to be lower-is-better; it has ${[...columns.keys()].join(', ')}`,
        { file }
      );
    }
  }
  const report: ScoreReport = { dataset: dataset.name, metrics: [] };
  const before = new Map<string, metrics.Metric | null>();
  for (const name of columns.keys()) {
    const there = await metrics.byName(lab.db, dataset.id, name);
    if (there !== null && there.origin !== 'imported') {
      throw new BadInput(
        `${JSON.stringify(name)} is a metric that this lab computes itself; give the imported one another name`,
        { file, line: 1, column: name }
      );
    }
    before.set(name, there);
  }
  const ids: number[] = [];
  for (const [name, values] of columns) {
    const lower = options.lowerIsBetter === 'all' || options.lowerIsBetter.includes(name);
    const direction: Direction = lower ? -1 : 1;
    const metric = await metrics.ask(lab.db, {
      datasetId: dataset.id,
      name,
      version: `file-${sha256.slice(0, 12)}`,
      origin: 'imported',
      direction,
      complete: false,
      provenance: { file, sha256 }
    });
    ids.push(metric.id);
    const rows = [...values].map(([stimulusId, { value }]) => ({
      metricId: metric.id,
      datasetId: dataset.id,
      stimulusId,
      outcome: { ok: true as const, value }
    }));
    // Piece by piece, so that nobody waits long for the database; what is not complete is not read.
    if (!metric.complete) await metrics.insertOutcomes(lab.db, rows);
    report.metrics.push({
      name,
      direction,
      values: values.size,
      missing: Math.max(0, judged - values.size),
      alreadyThere: before.get(name)?.id === metric.id
    });
  }
  await metrics.complete(lab.db, ids);
  return report;
}

async function readColumns(
  source: TableSource,
  find: ReturnType<typeof stimulusFinder>
): Promise<Map<string, Column>> {
  const file = source.label;
  const columns = new Map<string, Column>();
  let stimulusAt = 0;
  let take: (row: ValueRow, stimulusId: number) => void = () => {};
  const put = (
    name: string,
    stimulusId: number,
    cell: ValueRow['cells'][number],
    line: number,
    column: string
  ) => {
    const values = columns.get(name) as Column;
    const before = values.get(stimulusId);
    if (before !== undefined) {
      throw new BadInput(
        `this stimulus has a value of ${JSON.stringify(name)} on line ${before.line} already`,
        {
          file,
          line,
          column
        }
      );
    }
    values.set(stimulusId, { value: valueOf(cell, { file, line, column }), line });
  };
  await readValues(
    source,
    ['stimulus'],
    (header) => {
      stimulusAt = header.indexOf('stimulus');
      take = isLong(header) ? takeLong(header) : takeWide(header);
    },
    (row) => {
      const place = { file, line: row.line, column: 'stimulus' };
      const found = find(textOf(row.cells[stimulusAt], place));
      if ('problem' in found) throw new BadInput(found.problem, place);
      take(row, found.id);
    }
  );
  for (const [name, values] of columns) {
    if (values.size === 0) throw new BadInput('has no value in any row', { file, line: 1, column: name });
  }
  return columns;

  function takeLong(header: TableHeader) {
    const metricAt = header.indexOf('metric');
    const valueAt = header.indexOf('value');
    return ({ cells, line }: ValueRow, stimulusId: number) => {
      const place = { file, line, column: 'metric' };
      const name = textOf(cells[metricAt], place);
      if (!columns.has(name)) {
        checkMetricName(name, place);
        columns.set(name, new Map());
      }
      if (!isEmpty(cells[valueAt])) put(name, stimulusId, cells[valueAt] as string, line, 'value');
    };
  }

  function takeWide(header: TableHeader) {
    const places = header.names.flatMap((name, at) => (at === stimulusAt ? [] : [{ name, at }]));
    if (places.length === 0) {
      throw new BadInput('has no column of values beside the stimulus', { file, line: 1 });
    }
    for (const { name } of places) {
      checkMetricName(name, { file, line: 1, column: name });
      columns.set(name, new Map());
    }
    return ({ cells, line }: ValueRow, stimulusId: number) => {
      for (const { name, at } of places) {
        if (!isEmpty(cells[at])) put(name, stimulusId, cells[at] as string, line, name);
      }
    };
  }
}

function isLong(header: TableHeader): boolean {
  return header.indexOf('metric') !== -1 && header.indexOf('value') !== -1;
}

function checkMetricName(name: string, place: { file: string; line: number; column: string }): void {
  if (BUILT_IN_NAMES.has(name.toLowerCase())) {
    throw new BadInput(
      `${JSON.stringify(name)} is the name of a built-in metric; give the imported one another name`,
      place
    );
  }
  try {
    checkName('metric', name);
  } catch (error) {
    throw error instanceof BadInput ? new BadInput(error.message, place) : error;
  }
}

/** The same bytes, hashed on their way. */
export function hashed(source: TableSource, hash: { update(bytes: Uint8Array): unknown }): TableSource {
  return {
    label: source.label,
    bytes: (async function* () {
      for await (const chunk of source.bytes) {
        hash.update(chunk);
        yield chunk;
      }
    })()
  };
}
