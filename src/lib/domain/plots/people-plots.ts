import { normalQuantile } from '#lib/stats/normal.ts';
import { sosParameter } from '../scaling/sos.ts';
import { valueLabel } from './against-mos.ts';
import { axisFor } from './axis.ts';
import { figureText, observerLabel } from './figure-text.ts';
import { observerOf, peopleOf, simulatedNotes, toneOf, type PlotInput } from './plot-input.ts';
import { drawn, undrawn, type Mark, type PlotAxis, type PlotOrReason } from './plot.ts';

const Z = normalQuantile(0.975);

/** Every stimulus in the order of the people's values, theirs and the observer's with 95 % intervals. */
export function scaleWithIntervals(input: PlotInput): PlotOrReason {
  const { results } = input;
  const people = peopleOf(results);
  const other = observerOf(input);
  const shown = [...new Set([people, other])].flatMap((one) => (one === null ? [] : [one]));
  const order = results.stimuli
    .filter(({ values }) => shown.some((one) => values[one.observer]))
    .map((row) => ({
      ...row,
      by: shown.map((one) => row.values[one.observer]?.value).find((v) => v !== undefined)
    }))
    .sort((a, b) => (a.by as number) - (b.by as number));
  if (order.length < 2) return undrawn('fewer than two stimuli have a value');
  const cells = order.flatMap((row, place) =>
    shown.flatMap((one) => {
      const value = row.values[one.observer];
      if (!value) return [];
      const half = value.se === null ? null : Z * value.se;
      return [
        {
          row,
          place: place + 1,
          one,
          ...value,
          low: half === null ? null : value.value - half,
          high: half === null ? null : value.value + half
        }
      ];
    })
  );
  const y = axisFor(
    cells.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    valueLabel(input)
  );
  const marks = shown.flatMap((one): Mark[] => {
    const own = cells.filter((cell) => cell.one === one);
    const tone = toneOf(one);
    return [
      {
        kind: 'bars',
        tone,
        segments: own.flatMap(({ place, low, high }): [number, number, number][] =>
          low === null || high === null ? [] : [[place, low, high]]
        )
      },
      ...own.map(({ row, place, value, low, high, n }): Mark => ({
        kind: 'point',
        x: place,
        y: value,
        tone,
        simulated: one.simulated,
        title: `${row.stimulus}: ${figureText(value)}${low === null ? '' : `, 95 % interval ${figureText(low)} to ${figureText(high)}`}; n = ${n}`
      }))
    ];
  });
  const scored = results.protocol === 'single-stimulus';
  return drawn({
    name: 'scale',
    title: `${scored ? 'Mean scores' : 'Scale values'} with 95 % intervals`,
    description: `${order.length} stimuli in the order of the values of ${observerLabel(shown[0] as (typeof shown)[0])}, with intervals.`,
    x: { low: 0, high: order.length + 1, label: `stimuli, in the order of ${shown[0]?.observer}` },
    y,
    marks,
    legend: shown.map((one) => ({
      kind: 'point' as const,
      tone: toneOf(one),
      text: observerLabel(one),
      simulated: one.simulated
    })),
    notes: [
      `n = ${order.length} stimuli. Bars: value ± 1.96 standard errors (${scored ? 'of the mean; a single score has none' : 'from the observed information of the Thurstone scale'}).`,
      ...(results.scenario === 'fr' && !scored
        ? ['Scales are made within a reference and share no unit.']
        : []),
      ...simulatedNotes(...shown)
    ],
    table: {
      columns: ['stimulus', 'reference', 'observer', valueLabel(input), 'low 95 %', 'high 95 %', 'n answers'],
      rows: cells.map(({ row, one, value, low, high, n }) => [
        row.stimulus,
        row.reference,
        observerLabel(one),
        value,
        low,
        high,
        n
      ])
    }
  });
}

/** How far opinions differ by where on the scale they lie, with σ² = a(x − L)(H − x). */
export function mosSigma(input: PlotInput): PlotOrReason {
  const { results } = input;
  const people = peopleOf(results);
  const ownScores =
    results.protocol === 'single-stimulus' && people !== null
      ? results.stimuli.flatMap(({ stimulus, values }) => {
          const own = values[people.observer];
          return own && own.sigma !== null ? [{ stimulus, mos: own.value, sigma: own.sigma, n: own.n }] : [];
        })
      : [];
  const listed = results.stimuli.flatMap(({ stimulus, mos, sigma }) =>
    mos === null || sigma === null ? [] : [{ stimulus, mos, sigma, n: null }]
  );
  // The study's own scores, where it has any; else what the dataset came with.
  const own = ownScores.length > 0;
  const rows = own ? ownScores : listed;
  const range = own ? { low: 0, high: 100 } : results.mosRange;
  if (rows.length === 0 || range === null)
    return undrawn('neither the dataset nor this study’s people give σ: it needs scores of several people');
  const simulated = own ? people?.simulated === true : input.simulatedDataset;
  const inside = rows.filter(({ mos }) => mos >= range.low && mos <= range.high);
  const a = sosParameter(inside, range.low, range.high);
  const sos = (at: number) => Math.sqrt(Math.max(0, (a ?? 0) * (at - range.low) * (range.high - at)));
  const top = Math.max(...rows.map(({ sigma }) => sigma), sos((range.low + range.high) / 2), 1e-9);
  const x: PlotAxis = {
    ...range,
    label: own ? 'MOS of this study (0 to 100)' : `MOS (${range.low} to ${range.high})`
  };
  return drawn({
    name: 'sos',
    title: `MOS and σ${own ? ` of ${observerLabel(people as NonNullable<typeof people>)}` : ' of the dataset'}`,
    description: `${rows.length} stimuli at their MOS and their σ${a === null ? '' : `; SOS parameter a = ${figureText(a, 3)}`}.`,
    x,
    y: { low: 0, high: 1.05 * top, label: own ? 'σ (points of 100)' : 'σ (units of the MOS)' },
    marks: [
      ...rows.map(({ stimulus, mos, sigma, n }): Mark => ({
        kind: 'point',
        x: mos,
        y: sigma,
        tone: 'people',
        simulated,
        title: `${stimulus}: MOS ${figureText(mos)}, σ ${figureText(sigma)}${n === null ? '' : `, n = ${n}`}`
      })),
      ...(a === null
        ? []
        : [
            {
              kind: 'line' as const,
              role: 'fit' as const,
              points: Array.from({ length: 61 }, (_, k): [number, number] => {
                // Closer together at the ends, where it is steep.
                const at = range.low + ((1 - Math.cos((Math.PI * k) / 60)) / 2) * (range.high - range.low);
                return [at, sos(at)];
              })
            }
          ])
    ],
    legend: [
      {
        kind: 'point',
        tone: 'people',
        text: own
          ? observerLabel(people as NonNullable<typeof people>)
          : `the dataset’s ${simulated ? 'simulated ' : ''}people`,
        simulated
      }
    ],
    notes: [
      `n = ${rows.length} stimuli${a === null ? '' : `; curve: σ² = a (x − L)(H − x), a = ${figureText(a, 3)}`}.`,
      ...(own ? simulatedNotes(people) : simulated ? ['Simulated: the dataset’s MOS and σ.'] : [])
    ],
    table: {
      columns: ['stimulus', 'MOS', 'sigma', 'n ratings', 'sigma of the SOS curve'],
      rows: rows.map(({ stimulus, mos, sigma, n }) => [stimulus, mos, sigma, n, a === null ? null : sos(mos)])
    }
  });
}

/** Which part of the scale people use, and which the observer. */
export function ratingHistograms(input: PlotInput): PlotOrReason {
  const { results, counts } = input;
  if (counts.bins.length === 0) return undrawn('this protocol asks for no scores');
  const shown = [...new Set([peopleOf(results), observerOf(input)])].flatMap((one) => {
    const scores = one === null ? undefined : counts.observers[one.observer]?.scores;
    const n = scores?.reduce((sum, count) => sum + count, 0) ?? 0;
    return one === null || scores === undefined || n === 0 ? [] : [{ one, scores, n }];
  });
  if (shown.length === 0)
    return undrawn('no scores to count: ratings are counted for people together and for runs');
  const graded = counts.bins[0]?.label === '1';
  const low = counts.bins[0]?.low ?? 0;
  const high = counts.bins.at(-1)?.high ?? 100;
  const width = (high - low) / counts.bins.length;
  const share = ({ scores, n }: (typeof shown)[number], bin: number) => (scores[bin] as number) / n;
  const most = Math.max(...shown.flatMap((who) => counts.bins.map((_, bin) => share(who, bin))));
  return drawn({
    name: 'ratings',
    title: 'Histograms of the ratings',
    description: `The share of ratings in each of ${counts.bins.length} ${graded ? 'grades' : 'parts of the scale'}: ${shown.map(({ one, n }) => `${observerLabel(one)} ${n} ratings`).join(', ')}.`,
    x: {
      low,
      high,
      label: graded ? 'score; each column is a grade' : 'score (0 to 100)',
      at: graded ? counts.bins.map((bin) => (bin.low + bin.high) / 2) : [0, 20, 40, 60, 80, 100]
    },
    y: { low: 0, high: 1.05 * most, label: 'share of ratings' },
    marks: shown.flatMap((who, k) =>
      counts.bins.map((bin, i): Mark => {
        const room = 0.9 * width;
        const from = bin.low + 0.05 * width + (k * room) / shown.length;
        return {
          kind: 'column',
          from,
          to: from + room / shown.length,
          low: 0,
          high: share(who, i),
          tone: toneOf(who.one),
          simulated: who.one.simulated,
          title: `${observerLabel(who.one)}, ${graded ? 'grade ' : ''}${bin.label}: ${who.scores[i]} of ${who.n}`
        };
      })
    ),
    legend: shown.map(({ one, n }) => ({
      kind: 'column' as const,
      tone: toneOf(one),
      text: `${observerLabel(one)}, ${n} ratings`,
      simulated: one.simulated
    })),
    notes: [
      `n = ${shown.map(({ n }) => n).join(' and ')} ratings.`,
      ...(graded ? ['Scores between two grades count to the nearer one.'] : []),
      ...simulatedNotes(...shown.map(({ one }) => one))
    ],
    table: {
      columns: [graded ? 'grade' : 'scores', ...shown.map(({ one }) => `${observerLabel(one)} (ratings)`)],
      rows: counts.bins.map((bin, i) => [bin.label, ...shown.map(({ scores }) => scores[i] as number)])
    }
  });
}
