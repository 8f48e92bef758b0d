import type { TwoObservers } from '../results/compare-two.ts';
import { axisFor } from './axis.ts';
import { figureText, observerLabel } from './figure-text.ts';
import { drawn, undrawn, type PlotOrReason } from './plot.ts';
import { simulatedNotes } from './plot-input.ts';

interface Compared {
  observer: string;
  simulated: boolean;
  unit: string;
}

export const TWO_OBSERVERS = {
  reading: 'A narrow rising cloud is one order; stimuli far from it are judged differently by the two.',
  method: 'Each stimulus that both gave a value, at the two values as they are; scales need not be the same.',
  section: 'srcc'
} as const;

/** The values of two observers against each other. */
export function twoObservers(a: Compared, b: Compared, two: TwoObservers, pooled: boolean): PlotOrReason {
  if (two.points.length === 0) return undrawn('the two have no stimulus in common');
  const [nameA, nameB] = [observerLabel(a), observerLabel(b)];
  return drawn({
    name: 'two-observers',
    title: `${nameB} against ${nameA}`,
    description: `${two.n} stimuli that both gave a value. SRCC with each other ${figureText(two.srcc, 3)}.`,
    x: axisFor(
      two.points.map((point) => point.a),
      `${nameA}: ${a.unit}`
    ),
    y: axisFor(
      two.points.map((point) => point.b),
      `${nameB}: ${b.unit}`
    ),
    marks: two.points.map(({ name, a: x, b: y }) => ({
      kind: 'point' as const,
      x,
      y,
      tone: 'neutral' as const,
      title: `${name}: ${figureText(x)}, ${figureText(y)}`
    })),
    legend: [],
    notes: [
      `n = ${two.n}; SRCC with each other ${figureText(two.srcc, 3)}${pooled ? ' (mean within references)' : ''}.`,
      ...simulatedNotes(a, b)
    ],
    table: {
      columns: ['stimulus', `${nameA}: ${a.unit}`, `${nameB}: ${b.unit}`],
      rows: two.points.map(({ name, a: x, b: y }) => [name, x, y])
    }
  });
}
