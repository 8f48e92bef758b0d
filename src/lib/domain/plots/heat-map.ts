import type { PaperTable, TableCell } from '../tables/paper-tables.ts';
import { figureText } from './figure-text.ts';
import { categoryAxis, drawn, undrawn, type Mark, type PlotOrReason } from './plot.ts';

/** Below this many stimuli a rank correlation says next to nothing: the field says its n instead of being dark. */
const FEW_STIMULI = 10;

const PROTOCOL: Readonly<Record<string, string>> = {
  'single-stimulus': 'single',
  'double-stimulus': 'double',
  'multiple-stimulus': 'multiple'
};

export const HEAT_MAP = {
  title: 'Systems × datasets',
  reading: 'The darker, the closer to people’s order. A field without a figure was not run, or says why.',
  method:
    'SRCC with the dataset’s MOS of each model under each prompting system, as in the table above; darkness is SRCC from 0 to 1. Fields of fewer than ten stimuli are left light and carry their n.',
  section: 'srcc'
} as const;

/** The first of the slides' tables as fields: every model under every strategy and protocol, by dataset. */
export function systemsByDatasets(table: PaperTable): PlotOrReason {
  const datasets = [...new Set(table.columns.map(({ dataset }) => dataset))];
  const rows = table.sections.flatMap(({ title, rows: of }) =>
    of
      // Yardsticks carry a note: they are no systems.
      .filter(({ cells, note }) => note === null && cells.some((cell) => cell?.sessionId != null))
      .map(({ label, cells, simulated }) => ({
        name: `${label} · ${PROTOCOL[title] ?? title}${simulated ? ', simulated' : ''}`,
        cells
      }))
  );
  if (rows.length === 0) return undrawn('no run of a study with a MOS has answers yet');
  const fields = rows.flatMap(({ name, cells }, row) =>
    table.columns.flatMap(({ dataset, figure }, at) =>
      figure === 'srcc'
        ? [{ name, row, dataset, column: datasets.indexOf(dataset), cell: cells[at] ?? null }]
        : []
    )
  );
  const simulated = rows.filter(({ name }) => name.endsWith('simulated')).length;
  const some = fields.flatMap(({ cell }) => cell?.n ?? []);
  return drawn({
    name: 'systems',
    title: 'SRCC of prompting systems by dataset',
    description: `${rows.length} systems by ${datasets.length} datasets; ${fields.filter(({ cell }) => cell?.value != null).length} of ${fields.length} fields have a figure.`,
    x: categoryAxis(datasets, 'dataset'),
    y: categoryAxis(
      rows.map(({ name }) => name),
      ''
    ),
    inner: Math.max(120, Math.min(640, datasets.length * 96)),
    height: Math.max(60, rows.length * 34),
    marks: fields.map(({ name, row, dataset, column, cell }): Mark => {
      const few = cell !== null && cell.value !== null && cell.n < FEW_STIMULI;
      return {
        kind: 'cell',
        column,
        row,
        share: cell?.value == null ? null : few ? 0 : Math.max(0, cell.value),
        text:
          cell === null
            ? ''
            : cell.value === null
              ? '–'
              : `${figureText(cell.value)}${cell.trainedOn ? '*' : ''}${few ? ` (n = ${cell.n})` : ''}`,
        title: `${name}, ${dataset}: ${told(cell)}`
      };
    }),
    legend: [],
    notes: [
      `n = ${some.length === 0 ? 0 : Math.min(...some)} to ${some.length === 0 ? 0 : Math.max(...some)} stimuli. Empty: not run. –: no figure. *: trained on the dataset.`,
      ...(simulated > 0 ? [`Simulated: ${simulated} of ${rows.length} systems.`] : [])
    ],
    table: {
      columns: ['system', 'dataset', 'SRCC', 'low 95 %', 'high 95 %', 'n', 'missing share', 'study', 'run'],
      rows: fields.map(({ name, dataset, cell }) => [
        name,
        dataset,
        cell?.value ?? null,
        cell?.low ?? null,
        cell?.high ?? null,
        cell?.n ?? null,
        cell?.missing ?? null,
        cell?.study ?? null,
        cell?.sessionId ?? null
      ])
    }
  });
}

function told(cell: TableCell | null): string {
  if (cell === null) return 'not run';
  if (cell.value === null) return 'no figure: too few usable answers, or all alike';
  const interval =
    cell.low === null || cell.high === null
      ? ''
      : `, 95 % interval ${figureText(cell.low)} to ${figureText(cell.high)}`;
  const missing = cell.missing === null ? '' : `, ${(100 * cell.missing).toFixed(0)} % missing`;
  return `SRCC ${figureText(cell.value, 3)}${interval}, n = ${cell.n}${missing}${cell.complete ? '' : ', not complete'}`;
}
