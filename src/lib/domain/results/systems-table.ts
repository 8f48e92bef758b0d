import type { Control } from '../controls/control.ts';

/** One run's figure in the table over all studies. */
export interface SystemFigure {
  model: string;
  strategy: string;
  protocol: string;
  dataset: string;
  study: string;
  sessionId: number;
  simulated: boolean;
  srcc: number | null;
  n: number;
  /** Over references, the mean; null for one scale. */
  references: number | null;
  missing: number | null;
  complete: boolean;
  /** A control is no system: it stands for the noise floor. */
  control: Control | null;
  /** What |SRCC| of random answers stays below in 95 % of cases, for this study's stimuli. */
  chance: number | null;
}

export interface SystemsTable {
  datasets: string[];
  /** Sections by protocol, in the order of the slides' Table 1; rows are prompting systems. */
  sections: {
    protocol: string;
    /** Per dataset: the chance bound of the studies shown (the highest), and the controls' own figures. */
    floor: { chance: number | null; controls: SystemFigure[] }[];
    rows: { model: string; strategy: string; cells: ({ figure: SystemFigure; best: boolean } | null)[] }[];
  }[];
}

const PROTOCOL_ORDER = ['single-stimulus', 'double-stimulus', 'multiple-stimulus'];
const STRATEGY_ORDER = ['standard', 'in-context', 'chain-of-thought'];

/**
 * The shape of Wu et al.'s Table 1: models under strategies, by protocol and dataset, SRCC with the dataset's MOS. Of
 * several runs of one system the newest complete one is shown; a cell is best where its SRCC is the highest of its
 * dataset within its protocol among at least two.
 */
export function systemsTable(figures: readonly SystemFigure[]): SystemsTable {
  const datasets = [...new Set(figures.map(({ dataset }) => dataset))].sort();
  const protocols = [...new Set(figures.map(({ protocol }) => protocol))].sort(
    (a, b) => PROTOCOL_ORDER.indexOf(a) - PROTOCOL_ORDER.indexOf(b)
  );
  return {
    datasets,
    sections: protocols.map((protocol) => {
      const all = figures.filter((figure) => figure.protocol === protocol);
      const here = all.filter((figure) => figure.control === null);
      const systems = new Map<string, { model: string; strategy: string }>();
      for (const { model, strategy } of here) systems.set(`${strategy}\n${model}`, { model, strategy });
      const rows = [...systems.values()]
        .sort(
          (a, b) =>
            STRATEGY_ORDER.indexOf(a.strategy) - STRATEGY_ORDER.indexOf(b.strategy) ||
            (a.model < b.model ? -1 : 1)
        )
        .map(({ model, strategy }) => ({
          model,
          strategy,
          cells: datasets.map((dataset) =>
            newest(
              here.filter(
                (figure) =>
                  figure.model === model && figure.strategy === strategy && figure.dataset === dataset
              )
            )
          )
        }));
      return {
        protocol,
        floor: datasets.map((dataset, column) => {
          const bounds = rows.flatMap(({ cells }) => cells[column]?.chance ?? []);
          return {
            chance: bounds.length === 0 ? null : Math.max(...bounds),
            controls: all.filter((figure) => figure.dataset === dataset && figure.control !== null)
          };
        }),
        rows: rows.map((row) => ({
          ...row,
          cells: row.cells.map((figure, column) => {
            if (figure === null) return null;
            const rivals = rows.flatMap(({ cells }) => cells[column]?.srcc ?? []);
            return {
              figure,
              best: figure.srcc !== null && rivals.length > 1 && figure.srcc === Math.max(...rivals)
            };
          })
        }))
      };
    })
  };
}

function newest(runs: readonly SystemFigure[]): SystemFigure | null {
  const complete = runs.filter((run) => run.complete);
  return (complete.length > 0 ? complete : runs).reduce<SystemFigure | null>(
    (best, run) => (best === null || run.sessionId > best.sessionId ? run : best),
    null
  );
}
