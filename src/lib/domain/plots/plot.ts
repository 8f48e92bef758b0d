import type { Axis } from './axis.ts';

/** Whose a mark is: people circles, models squares, everything else diamonds; colour is the second cue. */
export type Tone = 'people' | 'model' | 'neutral';

/** What is drawn, in the units of the axes. */
export type Mark =
  | { kind: 'point'; x: number; y: number; tone: Tone; simulated?: boolean; title?: string }
  /** Intervals: [place, low, high], upright unless they lie along x. */
  | { kind: 'bars'; segments: [number, number, number][]; along?: 'x'; tone?: Tone; strong?: boolean }
  /** A curve of an observer, a fit, or a line to read by. */
  | {
      kind: 'line';
      role: 'curve' | 'fit' | 'guide';
      points: [number, number][];
      tone?: Tone;
      dashed?: boolean;
    }
  | {
      kind: 'column';
      from: number;
      to: number;
      low: number;
      high: number;
      tone: Tone;
      simulated?: boolean;
      title?: string;
    }
  /** A field of a matrix on two axes of categories: `share` from 0 to 1 is how dark it is; null is empty. */
  | { kind: 'cell'; column: number; row: number; share: number | null; text: string; title: string };

export interface PlotAxis extends Axis {
  /** Names at 0, 1, 2 … in place of numbers. */
  categories?: readonly string[];
  /** Where the numbers stand, if not at round ones; none for []. */
  at?: readonly number[];
}

export interface LegendEntry {
  kind: 'point' | 'line' | 'bars' | 'column';
  tone: Tone;
  text: string;
  simulated?: boolean;
  dashed?: boolean;
}

/** What a plot is drawn from, as a table: it goes out as CSV and stands under the plot. */
export interface PlotTable {
  /** Names with their units. */
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** A plot as data and marks: pages draw it in their own colours, files in colours of their own. */
export interface Plot {
  name: string;
  title: string;
  /** What a screen reader says of it. */
  description: string;
  x: PlotAxis;
  y: PlotAxis;
  marks: readonly Mark[];
  legend: readonly LegendEntry[];
  /** n, what the intervals are, whether somebody is simulated: each a sentence. */
  notes: readonly string[];
  table: PlotTable;
  /** Of the part between the axes, in px; without `inner` the whole is as wide as every other. */
  inner?: number;
  height?: number;
}

/** A plot, or why there is none. */
export type PlotOrReason = { plot: Plot; why: null } | { plot: null; why: string };

export function drawn(plot: Plot): PlotOrReason {
  return { plot, why: null };
}

export function undrawn(why: string): PlotOrReason {
  return { plot: null, why };
}

/** An axis of names, each a unit wide. */
export function categoryAxis(categories: readonly string[], label: string): PlotAxis {
  return { low: -0.5, high: Math.max(1, categories.length) - 0.5, label, categories };
}

/**
 * The same plot for a page: of many points every k-th, the table's first rows. Curves, bars and cells stay; bars of
 * points that are not drawn go.
 */
export function thinned(plot: Plot, mostPoints: number, mostRows: number): Plot & { rowsLeft: number } {
  const points = plot.marks.filter(({ kind }) => kind === 'point').length;
  const every = Math.ceil(points / mostPoints);
  let seen = 0;
  const marks =
    every <= 1
      ? plot.marks
      : plot.marks.flatMap((mark): Mark[] => {
          if (mark.kind === 'point') return seen++ % every === 0 ? [mark] : [];
          if (mark.kind !== 'bars' || mark.segments.length <= mostPoints) return [mark];
          return [{ ...mark, segments: mark.segments.filter((_, i) => i % every === 0) }];
        });
  return {
    ...plot,
    marks,
    notes:
      every <= 1
        ? plot.notes
        : [
            ...plot.notes,
            `${Math.ceil(points / every)} of ${points} points are drawn here, all in the files.`
          ],
    table: { ...plot.table, rows: plot.table.rows.slice(0, mostRows) },
    rowsLeft: Math.max(0, plot.table.rows.length - mostRows)
  };
}
