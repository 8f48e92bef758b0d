import { mapPredictions } from '../agreement/model-against-people.ts';
import { axisFor } from './axis.ts';
import { figureText, observerLabel } from './figure-text.ts';
import { observerOf, simulatedNotes, toneOf, type PlotInput } from './plot-input.ts';
import { drawn, undrawn, type Mark, type PlotAxis, type PlotOrReason } from './plot.ts';

const STEPS = 80;

interface Row {
  stimulus: string;
  reference: string | null;
  value: number;
  mos: number;
  sigma: number | null;
  /** The value on the scale of the MOS, through the fitted curve. */
  mapped: number | null;
}

type Known = Pick<PlotInput, 'results' | 'direction' | 'observer'>;

/** MOS of an observer's stimuli as its map has them, with whatever belongs on every plot of them. */
function rowsOf(input: Known): Row[] {
  const one = observerOf(input);
  return input.results.stimuli.flatMap(({ stimulus, reference, mos, sigma, values }) => {
    const value = values[input.observer];
    if (mos === null || !value) return [];
    const mapped = mapPredictions([value.value], 'logistic4', one?.mapping ?? null)?.[0] ?? null;
    return [{ stimulus, reference, value: value.value, mos: input.direction * mos, sigma, mapped }];
  });
}

export function mosLabel({ results, direction }: Pick<PlotInput, 'results' | 'direction'>): string {
  const range = results.mosRange;
  const unit = range === null ? 'MOS' : `MOS (${range.low} to ${range.high})`;
  return direction === -1 ? `−${unit}: turned, higher is better` : unit;
}

export function valueLabel({ results }: Pick<PlotInput, 'results'>): string {
  return results.protocol === 'single-stimulus'
    ? 'mean score (0 to 100)'
    : 'scale value (Thurstone Case V, SD units)';
}

/** An observer's values against the dataset's MOS, ±σ of the opinions, and the fitted curve. */
export function againstMos(input: Known): PlotOrReason {
  const one = observerOf(input);
  const rows = rowsOf(input);
  if (one === null || rows.length < 2)
    return undrawn('fewer than two stimuli have both a value of this observer and a MOS');
  const label = observerLabel(one);
  const tone = toneOf(one);
  const x = axisFor(
    rows.map(({ value }) => value),
    valueLabel(input)
  );
  const spread = rows.flatMap(({ value, mos, sigma }): [number, number, number][] =>
    sigma === null ? [] : [[value, mos - sigma, mos + sigma]]
  );
  const y = axisFor(
    [...rows.map(({ mos }) => mos), ...spread.flatMap(([, low, high]) => [low, high])],
    mosLabel(input)
  );
  const curve = Array.from({ length: STEPS + 1 }, (_, k): [number, number] => {
    const at = x.low + (k / STEPS) * (x.high - x.low);
    return [at, mapPredictions([at], 'logistic4', one.mapping)?.[0] ?? Number.NaN];
  }).filter(([, value]) => Number.isFinite(value));
  const marks: Mark[] = [
    { kind: 'bars', segments: spread },
    ...rows.map(({ stimulus, value, mos, sigma }): Mark => ({
      kind: 'point',
      x: value,
      y: mos,
      tone,
      simulated: one.simulated,
      title: `${stimulus}: ${figureText(value)}, MOS ${figureText(mos)}${sigma === null ? '' : ` ± ${figureText(sigma)}`}`
    })),
    { kind: 'line', role: 'fit', points: curve }
  ];
  return drawn({
    name: 'mos',
    title: `${label} against MOS`,
    description: `${rows.length} stimuli, each at the value that ${label} gives it and at its MOS. SRCC ${figureText(one.srcc, 3)}.`,
    x,
    y,
    marks,
    legend: [{ kind: 'point', tone, text: label, simulated: one.simulated }],
    notes: [
      `n = ${rows.length}; SRCC ${figureText(one.srcc, 3)}, PLCC ${figureText(one.plcc, 3)}${input.results.scenario === 'fr' ? ' (means over references; the curve is fitted over all at once)' : ''}.`,
      ...(spread.length > 0 ? ['Bars: ±σ of the opinions.'] : ['No σ of the opinions is known.']),
      ...(curve.length > 0
        ? [`Curve: ${one.mapping?.kind === 'linear' ? 'straight line' : 'four-parameter logistic'}.`]
        : []),
      ...simulatedNotes(one)
    ],
    table: {
      columns: ['stimulus', 'reference', valueLabel(input), mosLabel(input), 'sigma', 'value mapped to MOS'],
      rows: rows.map((row) => [row.stimulus, row.reference, row.value, row.mos, row.sigma, row.mapped])
    }
  });
}

/** How far the mapped values are from the MOS, in σ of the opinions: within ±1 an opinion would be, too. */
export function residualsAgainstMos(input: Known): PlotOrReason {
  const one = observerOf(input);
  const all = rowsOf(input);
  if (one === null || one.mapping === null)
    return undrawn('no curve from values to MOS could be fitted: too few stimuli, or all values alike');
  const rows = all.flatMap((row) =>
    row.mapped === null || row.sigma === null || !(row.sigma > 0)
      ? []
      : [{ ...row, residual: (row.mapped - row.mos) / row.sigma }]
  );
  if (rows.length === 0) return undrawn('no σ of the opinions is known in this dataset');
  const label = observerLabel(one);
  const tone = toneOf(one);
  const most = Math.max(1.2, ...rows.map(({ residual }) => Math.abs(residual)));
  const y: PlotAxis = { low: -1.05 * most, high: 1.05 * most, label: 'residual / σ' };
  const x = axisFor(
    rows.map(({ mos }) => mos),
    mosLabel(input)
  );
  const within = rows.filter(({ residual }) => Math.abs(residual) <= 1).length;
  return drawn({
    name: 'residuals',
    title: `Residuals of ${label} in σ, against MOS`,
    description: `${rows.length} stimuli; ${within} of them within one σ of their MOS after the fitted curve.`,
    x,
    y,
    marks: [
      ...[-1, 0, 1].map((at): Mark => ({
        kind: 'line',
        role: at === 0 ? 'fit' : 'guide',
        points: [
          [x.low, at],
          [x.high, at]
        ]
      })),
      ...rows.map(({ stimulus, mos, residual }): Mark => ({
        kind: 'point',
        x: mos,
        y: residual,
        tone,
        simulated: one.simulated,
        title: `${stimulus}: MOS ${figureText(mos)}, residual ${figureText(residual)} σ`
      }))
    ],
    legend: [{ kind: 'point', tone, text: label, simulated: one.simulated }],
    notes: [
      `n = ${rows.length}; ${within} within ±1 σ (dotted). Above 0: rated better than its MOS.`,
      ...simulatedNotes(one)
    ],
    table: {
      columns: ['stimulus', mosLabel(input), 'sigma', 'value mapped to MOS', 'residual / sigma'],
      rows: rows.map((row) => [row.stimulus, row.mos, row.sigma, row.mapped, row.residual])
    }
  });
}
