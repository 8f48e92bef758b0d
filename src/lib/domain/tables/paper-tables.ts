import { PROTOCOLS } from '../study.ts';
import type { Measured, MeasuredFigures } from './measured-figures.ts';

/** A model's run, a metric, people, or a control, on one dataset. */
export interface TableEntry extends MeasuredFigures {
  kind: 'system' | 'metric' | 'people' | 'person' | 'control';
  /** Model or metric. */
  name: string;
  strategy: string | null;
  protocol: string;
  scenario: string;
  dataset: string;
  study: string;
  /** The run; null for others. */
  sessionId: number | null;
  simulated: boolean;
  complete: boolean;
  missing: number | null;
  /** The same answers through the published pipeline; null until the study's agreement was computed. */
  paperFaithful?: { srcc: number | null; plcc: number | null } | null;
  /** Below this |SRCC| stays in 95 % of cases when answers have nothing to do with the pictures. */
  chance: number | null;
}

export type FigureName = 'srcc' | 'plcc';

export interface PublishedFigure {
  table: TableName;
  /** The section and the row as the table calls them. */
  section: string;
  row: string;
  dataset: string;
  figure: FigureName;
  value: number;
  /** Where it was published. */
  source: string;
}

export interface TableCell extends Measured {
  n: number;
  references: number | null;
  missing: number | null;
  best: boolean;
  /** The same answers through the published pipeline, where that was computed. */
  paperFaithful: number | null;
  trainedOn: boolean;
  simulated: boolean;
  complete: boolean;
  study: string;
  sessionId: number | null;
  protocol: string;
}

export interface PaperTable {
  name: TableName;
  caption: string;
  columns: { dataset: string; figure: FigureName }[];
  /** Where a column mixes runs of several studies, which may hold other stimuli: a sentence each. */
  notes: string[];
  sections: {
    title: string;
    rows: {
      label: string;
      /** How it was asked, where that is not in the label. */
      note: string | null;
      /** Whether a figure in it is a simulated observer's: every form of the table says so beside the label. */
      simulated: boolean;
      cells: (TableCell | null)[];
      published: (PublishedFigure | null)[];
    }[];
  }[];
}

export const TABLE_NAMES = ['nine-systems', 'full-reference', 'no-reference'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** Models that were trained on a dataset, by name. */
export type TrainedOn = Readonly<Record<string, readonly string[]>>;

const STRATEGIES = ['standard', 'in-context', 'chain-of-thought'];
const LETTERS: Readonly<Record<string, string>> = {
  standard: 'S',
  'in-context': 'I',
  'chain-of-thought': 'C'
};
/** Sections that stand for people and chance: never the best of anything. */
export const YARDSTICKS = 'Yardsticks';

/** One of the three tables of Wu et al.'s slides, from this lab's own entries. */
export function paperTable(
  name: TableName,
  entries: readonly TableEntry[],
  published: readonly PublishedFigure[],
  trainedOn: TrainedOn
): PaperTable {
  const table =
    name === 'nine-systems' ? nineSystems(entries, trainedOn) : comparison(name, entries, trainedOn);
  const of = published.filter((one) => one.table === name);
  return {
    ...table,
    notes: mixedStudies(table),
    sections: table.sections.map(({ title, rows }) => ({
      title,
      rows: rows.map((row) => ({
        ...row,
        simulated: row.cells.some((cell) => cell?.simulated),
        published: table.columns.map(
          ({ dataset, figure }) =>
            of.find(
              (one) =>
                one.section === title &&
                one.row === row.label &&
                one.dataset === dataset &&
                one.figure === figure
            ) ?? null
        )
      }))
    }))
  };
}

/** Runs on one dataset may be of studies that chose other stimuli of it: then they are not quite comparable, and it says so. */
function mixedStudies({ columns, sections }: Unpublished): string[] {
  const datasets = [...new Set(columns.map(({ dataset }) => dataset))];
  return sections.flatMap(({ title, rows }) =>
    datasets.flatMap((dataset) => {
      const cells = rows.flatMap((row) => row.cells.filter((_, at) => columns[at]?.dataset === dataset));
      const studies = [
        ...new Set(cells.flatMap((cell) => (cell?.sessionId == null ? [] : [cell.study])))
      ].sort();
      return studies.length < 2
        ? []
        : [
            `${dataset}, ${title}: runs of ${studies.length} studies (${studies.join(', ')}), whose stimuli may differ; people are of the one that most of the runs are of.`
          ];
    })
  );
}

type Unpublished = Omit<PaperTable, 'sections' | 'notes'> & {
  sections: { title: string; rows: { label: string; note: string | null; cells: (TableCell | null)[] }[] }[];
};

/**
 * Table 1: models under strategies (S, I, C), by protocol and dataset. Bold is the best of one strategy within its protocol
 * and dataset, as there, among at least two.
 */
function nineSystems(entries: readonly TableEntry[], trainedOn: TrainedOn): Unpublished {
  const systems = entries.filter(({ kind }) => kind === 'system');
  const datasets = datasetsOf(systems);
  const columns = datasets.map((dataset) => ({ dataset, figure: 'srcc' as const }));
  const sections = PROTOCOLS.filter((protocol) => systems.some((one) => one.protocol === protocol)).map(
    (protocol) => {
      const here = systems.filter((one) => one.protocol === protocol);
      const rows = STRATEGIES.flatMap((strategy) => {
        const those = here.filter((one) => one.strategy === strategy);
        const block = names(those).map((name) => ({
          label: `${name}-${LETTERS[strategy]}`,
          note: null,
          cells: datasets.map((dataset) =>
            cellOf(
              newest(those.filter((one) => one.name === name && one.dataset === dataset)),
              'srcc',
              trainedOn
            )
          )
        }));
        return withBest(block);
      });
      return { title: protocol, rows: [...rows, ...yardsticks(entries, protocol, null, columns)] };
    }
  );
  return {
    name: 'nine-systems',
    caption:
      'SRCC of each prompting system with the MOS (S standard, I in-context, C chain-of-thought); the best of a strategy in bold.',
    columns,
    sections
  };
}

/**
 * Tables 2 and 3: metrics and models, each model under the one system that suits it best: the highest mean SRCC over the
 * scenario's datasets that it sat, more datasets first. Bold is the best of metrics, and of models, in each column.
 */
function comparison(name: TableName, entries: readonly TableEntry[], trainedOn: TrainedOn): Unpublished {
  const here = entries.filter(({ scenario }) => scenario === name);
  const systems = here.filter(({ kind }) => kind === 'system');
  const metrics = here.filter(({ kind }) => kind === 'metric');
  const columns = datasetsOf([...systems, ...metrics]).flatMap((dataset) => [
    { dataset, figure: 'srcc' as const },
    { dataset, figure: 'plcc' as const }
  ]);
  const row = (label: string, note: string | null, those: readonly TableEntry[]) => ({
    label,
    note,
    cells: columns.map(({ dataset, figure }) =>
      cellOf(newest(those.filter((one) => one.dataset === dataset)), figure, trainedOn)
    )
  });
  const metricRows = withBest(
    names(metrics).map((metric) =>
      row(
        metric,
        null,
        metrics.filter((one) => one.name === metric)
      )
    )
  );
  const modelRows = withBest(
    names(systems).map((model) => {
      const { protocol, strategy, those } = bestSuited(systems.filter((one) => one.name === model));
      return row(model, `${protocol}, ${strategy}`, those);
    })
  );
  return {
    name,
    caption: `Metrics, and models under the prompting system that suits each best, in the ${name} scenario; the best of each kind in bold, * trained on the dataset.`,
    columns,
    sections: [
      { title: 'Metrics', rows: metricRows },
      { title: 'Models', rows: modelRows },
      { title: YARDSTICKS, rows: yardsticks(entries, null, name, columns) }
    ].filter(({ rows }) => rows.length > 0)
  };
}

function bestSuited(runs: readonly TableEntry[]) {
  const groups = new Map<string, TableEntry[]>();
  for (const run of runs) {
    const key = `${run.protocol}\n${run.strategy}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const judged = [...groups.values()].map((those) => {
    const figures = [...new Set(those.map(({ dataset }) => dataset))].flatMap(
      (dataset) => newest(those.filter((one) => one.dataset === dataset))?.srcc.value ?? []
    );
    const mean = figures.reduce((sum, value) => sum + value, 0) / Math.max(1, figures.length);
    return { those, covered: figures.length, mean };
  });
  judged.sort((a, b) => b.covered - a.covered || b.mean - a.mean);
  const those = judged[0]?.those ?? [];
  return { protocol: those[0]?.protocol ?? '', strategy: those[0]?.strategy ?? '', those };
}

/** Figures of the people who sat the study that most of a column's runs are of, and what chance reaches. */
function yardsticks(
  entries: readonly TableEntry[],
  protocol: string | null,
  scenario: string | null,
  columns: readonly { dataset: string; figure: FigureName }[]
) {
  const here = entries.filter(
    (one) =>
      (protocol === null || one.protocol === protocol) && (scenario === null || one.scenario === scenario)
  );
  const row = (
    label: string,
    note: string,
    cell: (dataset: string, figure: FigureName) => TableCell | null
  ) => ({
    label,
    note,
    cells: columns.map(({ dataset, figure }) => cell(dataset, figure))
  });
  const shown = (dataset: string) => {
    const runs = here.filter((one) => one.kind === 'system' && one.dataset === dataset);
    return runs.filter(
      (one) =>
        one ===
        newest(
          runs.filter(
            ({ name, strategy, protocol: of }) =>
              name === one.name && strategy === one.strategy && of === one.protocol
          )
        )
    );
  };
  // People of another study judged other trials: they are no yardstick for these runs.
  const ofKind = (kind: TableEntry['kind']) => (dataset: string, figure: FigureName) => {
    const study = commonest(shown(dataset).map((run) => run.study));
    const those = here.filter((one) => one.kind === kind && one.dataset === dataset);
    return cellOf(newest(study === null ? those : those.filter((one) => one.study === study)), figure, {});
  };
  return [
    row('People, pooled', 'everybody who sat the study', ofKind('people')),
    row('One person', 'the median of those who sat it', ofKind('person')),
    ...names(here.filter(({ kind }) => kind === 'control')).map((name) =>
      row(name, 'a control run: the floor as it was found', (dataset, figure) =>
        cellOf(
          newest(
            here.filter((one) => one.kind === 'control' && one.name === name && one.dataset === dataset)
          ),
          figure,
          {}
        )
      )
    ),
    row('Chance', '|SRCC| of answers at random in 95 % of cases', (dataset, figure) => {
      // Of the runs that are shown: another study's bound is not theirs.
      const bounds = shown(dataset).filter((one) => one.chance !== null);
      const worst = bounds.reduce<TableEntry | null>(
        (a, b) => (a === null || (b.chance as number) > (a.chance as number) ? b : a),
        null
      );
      if (worst === null || figure === 'plcc') return null;
      return {
        ...(cellOf(worst, figure, {}) as TableCell),
        value: worst.chance,
        low: null,
        high: null,
        missing: null,
        paperFaithful: null,
        // Arithmetic: nobody was simulated for it.
        simulated: false
      };
    })
  ].filter(({ cells }) => cells.some((cell) => cell !== null));
}

function cellOf(entry: TableEntry | null, figure: FigureName, trainedOn: TrainedOn): TableCell | null {
  if (entry === null) return null;
  const { n, references, missing, simulated, complete, study, sessionId, protocol, name, dataset } = entry;
  const trained = trainedOn[name]?.includes(dataset) ?? false;
  return {
    ...entry[figure],
    n,
    references,
    missing,
    best: false,
    paperFaithful: entry.paperFaithful?.[figure] ?? null,
    trainedOn: trained,
    simulated,
    complete,
    study,
    sessionId,
    protocol
  };
}

function withBest<R extends { cells: (TableCell | null)[] }>(rows: readonly R[]): R[] {
  return rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell, column) => {
      if (cell === null || cell.value === null) return cell;
      const rivals = rows.flatMap(({ cells }) => cells[column]?.value ?? []);
      return { ...cell, best: rivals.length > 1 && cell.value === Math.max(...rivals) };
    })
  }));
}

/** The value that stands there most often, the first of equals; null for none. */
function commonest(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return (
    [...counts].reduce<[string, number] | null>(
      (most, one) => (most === null || one[1] > most[1] ? one : most),
      null
    )?.[0] ?? null
  );
}

/**
 * Of several runs of one system the newest complete one of the study with the most stimuli: a later look at a handful of
 * them does not take the place of the whole.
 */
function newest(entries: readonly TableEntry[]): TableEntry | null {
  const complete = entries.filter((one) => one.complete);
  const those = complete.length > 0 ? complete : entries;
  const widest = those.reduce<TableEntry | null>(
    (best, one) => (best === null || one.n > best.n ? one : best),
    null
  );
  return those
    .filter((one) => one.study === widest?.study)
    .reduce<TableEntry | null>(
      (best, one) => (best === null || (one.sessionId ?? 0) >= (best.sessionId ?? 0) ? one : best),
      null
    );
}

function datasetsOf(entries: readonly TableEntry[]): string[] {
  // Full-reference datasets first, as in the slides.
  const first = [
    ...new Set(entries.filter((one) => one.scenario === 'full-reference').map((one) => one.dataset))
  ];
  const rest = [...new Set(entries.map((one) => one.dataset))].filter((dataset) => !first.includes(dataset));
  return [...first.sort(), ...rest.sort()];
}

function names(entries: readonly TableEntry[]): string[] {
  return [...new Set(entries.map((one) => one.name))].sort();
}
