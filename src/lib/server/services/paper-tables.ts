import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { isRun, isSitting, missingRate } from '#lib/domain/results/headline.ts';
import { PEOPLE, SIMULATED_PEOPLE, type StudyResults } from '#lib/domain/results/study-results.ts';
import type { MeasuredColumn, MeasuredFigures } from '#lib/domain/tables/measured-figures.ts';
import {
  paperTable,
  type PaperTable,
  type PublishedFigure,
  type TableEntry,
  type TableName,
  type TrainedOn
} from '#lib/domain/tables/paper-tables.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import * as settings from '#lib/server/db/settings.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import { agreementState, beginAgreement } from './analyse-agreement.ts';
import { resultsWithin } from './cached-results.ts';
import type { Lab } from './lab.ts';

const PUBLISHED = 'published-figures';
const TRAINED_ON = 'trained-on';

/** By study's results and metrics: figures are computed once for each state of a study. */
const kept = new WeakMap<StudyResults, Map<string, TableEntry[]>>();

/**
 * One of the slides' tables over all studies of this lab. Studies whose results take longer than `patienceMs` in all are
 * named in `waiting`; they are there at the next look. `agreement`: of which studies the published pipeline's figures have yet
 * to be asked for, and of which they are under way.
 */
export async function readPaperTable(
  lab: Pick<Lab, 'db'>,
  name: TableName,
  patienceMs: number
): Promise<{
  table: PaperTable;
  waiting: string[];
  agreement: { none: string[]; running: string[] };
}> {
  const until = Date.now() + patienceMs;
  const runs = new Map((await runLists.list(lab.db, null)).map((run) => [run.id, run]));
  const entries: TableEntry[] = [];
  const waiting: string[] = [];
  const agreement = { none: [] as string[], running: [] as string[] };
  for (const summary of (await studies.list(lab.db)).filter((study) => study.runs > 0)) {
    if (name !== 'nine-systems' && summary.scenario !== name) continue;
    const results = await resultsWithin(lab, summary, Math.max(1, until - Date.now()));
    if (results === null) waiting.push(studies.addressOf(summary));
    else {
      const { state, published } = await throughPublishedPipeline(lab, summary);
      if (state !== 'done') agreement[state].push(studies.addressOf(summary));
      for (const entry of await entriesOf(lab, summary, results, runs))
        entries.push({ ...entry, paperFaithful: published.get(entry.sessionId ?? -1) ?? null });
    }
  }
  return {
    table: paperTable(name, entries, await publishedFigures(lab), await trainedOn(lab)),
    waiting,
    agreement
  };
}

/** Begins the agreement of every study whose results stand in a table and whose agreement has yet to be asked for. */
export async function beginAgreements(
  lab: Pick<Lab, 'db' | 'log' | 'stopping'>,
  name: TableName
): Promise<void> {
  for (const summary of (await studies.list(lab.db)).filter((study) => study.runs > 0)) {
    if (name !== 'nine-systems' && summary.scenario !== name) continue;
    if ((await agreementState(lab, summary)).state === 'none') await beginAgreement(lab, summary);
  }
}

async function entriesOf(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  results: StudyResults,
  runs: ReadonlyMap<number, runLists.ListedRun>
): Promise<TableEntry[]> {
  const dataset = await studies.datasetOf(lab.db, study);
  const listed = await metrics.list(lab.db, dataset.id);
  const states = results.observers.map(({ sessionId }) =>
    sessionId === null ? '' : (runs.get(sessionId)?.state ?? '')
  );
  const key = JSON.stringify([listed.map(({ id, values }) => [id, values]), states]);
  let cache = kept.get(results);
  if (!cache) kept.set(results, (cache = new Map()));
  const known = cache.get(key);
  if (known) return known;

  const sign = dataset.mosDirection === -1 ? -1 : 1;
  const stimuli = results.stimuli.filter(({ mos }) => mos !== null);
  const pools = new Map<string, number>();
  const pool = stimuli.map(({ reference }) => {
    if (reference === null) return null;
    if (!pools.has(reference)) pools.set(reference, pools.size);
    return pools.get(reference) ?? null;
  });
  const observers = results.observers.filter((one) => !isSitting(one));
  const columns: MeasuredColumn[] = observers.map(({ observer }, index) => ({
    key: `o${index}`,
    values: stimuli.map((stimulus) => stimulus.values[observer]?.value ?? null)
  }));
  for (const metric of listed) {
    const values = await metrics.valuesOf(lab.db, metric.id);
    columns.push({
      key: `m${metric.id}`,
      values: stimuli.map(({ id }) => {
        const value = values.get(id);
        return value === undefined ? null : metric.direction * value;
      })
    });
  }
  const measured = new Map<string, MeasuredFigures>(
    (
      await runInWorker('measured-figures', {
        fullReference: results.scenario === 'fr',
        truth: stimuli.map(({ mos }) => sign * (mos as number)),
        sigma: stimuli.map(({ sigma }) => sigma),
        pool,
        columns
      })
    ).map(({ key: of, figures }) => [of, figures])
  );
  const common = {
    protocol: study.protocol,
    scenario: study.scenario,
    dataset: dataset.name,
    study: studies.addressOf(study),
    chance: chanceFloor(results).srcc95
  };
  const entries: TableEntry[] = [];
  observers.forEach((one, index) => {
    const figures = measured.get(`o${index}`);
    const run = one.sessionId === null ? undefined : runs.get(one.sessionId);
    if (!figures) return;
    if (isRun(one) && run) {
      entries.push({
        ...common,
        ...figures,
        kind: one.control === null ? 'system' : 'control',
        name: one.control === null ? run.model : `Control: ${one.control.replace('-', ' ')}`,
        strategy: run.strategy,
        sessionId: run.id,
        simulated: one.simulated,
        complete: run.state === 'completed',
        missing: missingRate(one)
      });
    }
    if (one.observer === PEOPLE || one.observer === SIMULATED_PEOPLE) {
      entries.push({
        ...common,
        ...figures,
        kind: 'people',
        name: one.observer,
        strategy: null,
        sessionId: null,
        simulated: one.simulated,
        complete: true,
        missing: missingRate(one)
      });
    }
  });
  entries.push(...medianPerson(results, common));
  for (const metric of listed) {
    const figures = measured.get(`m${metric.id}`);
    if (!figures || figures.n === 0) continue;
    entries.push({
      ...common,
      ...figures,
      kind: 'metric',
      name: metric.name,
      strategy: null,
      sessionId: null,
      simulated: false,
      complete: true,
      missing: 1 - figures.n / Math.max(1, stimuli.length)
    });
  }
  cache.set(key, entries);
  return entries;
}

/** What one person's own answers reach, in the middle of those who sat it; at least three. */
function medianPerson(
  results: StudyResults,
  common: Pick<TableEntry, 'protocol' | 'scenario' | 'dataset' | 'study' | 'chance'>
): TableEntry[] {
  const sitting = results.observers.filter(isSitting);
  const people = sitting.some(({ simulated }) => !simulated)
    ? sitting.filter(({ simulated }) => !simulated)
    : sitting;
  const middle = (key: 'srcc' | 'plcc') => {
    const known = people.flatMap((one) => one[key] ?? []).sort((a, b) => a - b);
    if (known.length < 3) return { value: null, low: null, high: null };
    const half = known.length / 2;
    const value = Number.isInteger(half)
      ? ((known[half - 1] as number) + (known[half] as number)) / 2
      : (known[Math.floor(half)] as number);
    return { value, low: null, high: null };
  };
  const srcc = middle('srcc');
  if (srcc.value === null) return [];
  return [
    {
      ...common,
      kind: 'person',
      name: 'one person',
      strategy: null,
      sessionId: null,
      simulated: people.every(({ simulated }) => simulated),
      complete: true,
      missing: null,
      srcc,
      plcc: middle('plcc'),
      n: people.length,
      references: people[0]?.references ?? null
    }
  ];
}

/** What a study's runs give through the published pipeline, by session; empty until its agreement was computed. */
async function throughPublishedPipeline(lab: Pick<Lab, 'db'>, study: studies.Study) {
  const { state, result } = await agreementState(lab, study);
  const models = state === 'done' ? (result?.models ?? []) : [];
  return {
    state,
    published: new Map(
      models.map(({ sessionId, pipelines }) => [sessionId, pipelines.value?.paperFaithful ?? null] as const)
    )
  };
}

export async function publishedFigures(lab: Pick<Lab, 'db'>): Promise<PublishedFigure[]> {
  return JSON.parse((await settings.get(lab.db, PUBLISHED)) ?? '[]') as PublishedFigure[];
}

/**
 * Lays a published figure beside ours; one of the same place gives way. null takes it away.
 *
 * @param place section and row, dataset and figure, each pair with a line end between, as a form's options have them.
 * @throws BadInput for what is no correlation, or has no source.
 */
export async function publishFigure(
  lab: Pick<Lab, 'db'>,
  place: { table: TableName; row: string; column: string },
  given: { value: string; source: string } | null
): Promise<void> {
  const [section, row] = pair(place.row);
  const [dataset, figure] = pair(place.column);
  const others = (await publishedFigures(lab)).filter(
    (one) =>
      one.table !== place.table ||
      one.section !== section ||
      one.row !== row ||
      one.dataset !== dataset ||
      one.figure !== figure
  );
  if (given !== null) {
    const text = given.value.trim().replace(',', '.').replace('−', '-');
    const value = Number(text);
    if (text === '' || !(Math.abs(value) <= 1))
      throw new BadInput(`${JSON.stringify(given.value)} is no correlation; give it as 0.745`);
    if (given.source.trim() === '') throw new BadInput('say where the figure was published');
    others.push({
      table: place.table,
      section,
      row,
      dataset,
      figure: figure === 'plcc' ? 'plcc' : 'srcc',
      value,
      source: given.source.trim()
    });
  }
  await settings.set(lab.db, PUBLISHED, JSON.stringify(others));
}

/** Two names in one option; a form may send its line end in two characters. */
function pair(text: string): [string, string] {
  const [first, second] = text.split(/\r?\n/);
  if (!first || !second) throw new BadInput('choose a row and a column of the table');
  return [first, second];
}

export async function trainedOn(lab: Pick<Lab, 'db'>): Promise<TrainedOn> {
  return JSON.parse((await settings.get(lab.db, TRAINED_ON)) ?? '{}') as TrainedOn;
}

/** Says that a metric or a model was trained on a dataset, or that it was not. */
export async function markTrainedOn(
  lab: Pick<Lab, 'db'>,
  name: string,
  dataset: string,
  trained: boolean
): Promise<void> {
  const all = await trainedOn(lab);
  const others = (all[name] ?? []).filter((one) => one !== dataset);
  await settings.set(
    lab.db,
    TRAINED_ON,
    JSON.stringify({ ...all, [name]: trained ? [...others, dataset] : others })
  );
}
