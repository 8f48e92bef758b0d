import { psychometricCurve } from '../agreement/psychometric-curve.ts';
import type { ModelReport } from '../results/agreement-report.ts';
import { axisFor } from './axis.ts';
import { figureText, observerLabel } from './figure-text.ts';
import { NOT_COMPUTED, observerOf, simulatedNotes, type PlotInput } from './plot-input.ts';
import { categoryAxis, drawn, undrawn, type Mark, type PlotOrReason } from './plot.ts';

const STEPS = 80;
const MODELS_ALONE = 'it is drawn for runs: choose one';

function modelOf(input: PlotInput): ModelReport | null {
  const one = observerOf(input);
  return input.agreement?.models.find(({ sessionId }) => sessionId === one?.sessionId) ?? null;
}

/** P(first) over the difference of MOS, of people and of the model on the same pairs. */
export function psychometricPlot(input: PlotInput): PlotOrReason {
  const { agreement, results } = input;
  if (results.protocol === 'single-stimulus')
    return undrawn('this protocol asks for scores: there are no pairs');
  if (agreement === null) return undrawn(NOT_COMPUTED);
  const model = modelOf(input);
  if (model === null) return undrawn(MODELS_ALONE);
  const people = model.psychometric.people.value;
  const own = model.psychometric.model.value;
  if (people === null && own === null)
    return undrawn(
      model.psychometric.model.why ?? model.psychometric.people.why ?? 'no curve could be fitted'
    );
  const range = results.mosRange;
  const known = results.stimuli.flatMap(({ mos }) => mos ?? []);
  const span = range === null ? Math.max(...known) - Math.min(...known) || 1 : range.high - range.low;
  const label = observerLabel(model);
  const peopleLabel = observerLabel({
    observer: agreement.people.value?.observer ?? 'people',
    simulated: agreement.people.value?.simulated ?? false
  });
  const curves = [
    { who: peopleLabel, tone: 'people' as const, fit: people },
    { who: label, tone: 'model' as const, fit: own }
  ].flatMap(({ fit, ...rest }) => (fit === null ? [] : [{ ...rest, fit }]));
  const at = Array.from({ length: STEPS + 1 }, (_, k) => -span + (2 * span * k) / STEPS);
  return drawn({
    name: 'psychometric',
    title: `Psychometric curves: ${curves.map(({ who }) => who).join(' and ')}`,
    description: `The fitted probability that the first is chosen, over the difference of MOS. ${curves.map(({ who, fit }) => `${who}: JND ${figureText(fit.jnd75?.estimate)}, n = ${fit.n}`).join('; ')}.`,
    x: {
      low: -span,
      high: span,
      label: `MOS of the first minus MOS of the second${range === null ? '' : ` (scale ${range.low} to ${range.high})`}`
    },
    y: { low: 0, high: 1, label: 'share of “first”' },
    marks: [
      {
        kind: 'line',
        role: 'guide',
        points: [
          [0, 0],
          [0, 1]
        ]
      },
      {
        kind: 'line',
        role: 'guide',
        points: [
          [-span, 0.5],
          [span, 0.5]
        ]
      },
      ...curves.map(({ tone, fit }): Mark => ({
        kind: 'line',
        role: 'curve',
        tone,
        dashed: tone === 'model',
        points: at.map((delta): [number, number] => [delta, psychometricCurve(fit, delta)])
      }))
    ],
    legend: curves.map(({ who, tone }) => ({
      kind: 'line' as const,
      tone,
      text: who,
      dashed: tone === 'model'
    })),
    notes: [
      ...curves.map(
        ({ who, fit }) =>
          `${who}: n = ${fit.n} answers; JND at 75 % ${figureText(fit.jnd75?.estimate)}${fit.jnd75 ? ` (95 % ${figureText(fit.jnd75.ci95[0])} to ${figureText(fit.jnd75.ci95[1])})` : ''}, P(first) at no difference ${figureText(fit.firstAtEquality)}.`
      ),
      ...(people === null ? [`No curve of people: ${model.psychometric.people.why}.`] : []),
      ...(own === null ? [`No curve of ${label}: ${model.psychometric.model.why}.`] : []),
      ...simulatedNotes(model, agreement.people.value)
    ],
    table: {
      columns: ['MOS difference', ...curves.map(({ who }) => `P(first), ${who}`)],
      rows: at.map((delta) => [delta, ...curves.map(({ fit }) => psychometricCurve(fit, delta))])
    }
  });
}

/** Each person's agreement with the others, the models' in the same row of figures, and the ceiling. */
export function ceilingPlot({ agreement }: PlotInput): PlotOrReason {
  if (agreement === null) return undrawn(NOT_COMPUTED);
  const people = agreement.people.value;
  if (people === null) return undrawn(agreement.people.why ?? 'no people of this study');
  const raters = (people.ceiling.value?.leaveOneOut.observers ?? []).flatMap(({ spearman, n }) =>
    spearman === null ? [] : [{ spearman, n }]
  );
  if (raters.length === 0)
    return undrawn(people.ceiling.why ?? 'nobody’s answers can be held against the others’');
  const ceiling = people.ceiling.value?.ceiling ?? null;
  const models = agreement.models.flatMap((model) => {
    const srcc = model.againstPeople.srcc.value;
    return srcc === null ? [] : [{ ...model, srcc }];
  });
  const names = [
    `each of ${raters.length} people${people.simulated ? ' · simulated' : ''}`,
    ...models.map(observerLabel)
  ];
  return drawn({
    name: 'ceiling',
    title: 'Human ceiling: each person left out, and the models',
    description: `${raters.length} people, each against the mean of the others, and ${models.length} models against all people.${ceiling === null ? '' : ` The ceiling is ${figureText(ceiling, 3)}.`}`,
    x: axisFor(
      [
        ...raters.map(({ spearman }) => spearman),
        ...models.flatMap(({ srcc }) => [srcc.estimate, ...(srcc.shown ?? [])]),
        ...(ceiling === null ? [] : [ceiling])
      ],
      'SRCC with the people'
    ),
    y: categoryAxis(names, ''),
    height: Math.max(120, 40 + names.length * 34),
    marks: [
      ...(ceiling === null
        ? []
        : [
            {
              kind: 'line' as const,
              role: 'fit' as const,
              points: [
                [ceiling, -0.5],
                [ceiling, names.length - 0.5]
              ] as [number, number][]
            }
          ]),
      ...raters.map(({ spearman, n }, i): Mark => ({
        kind: 'point',
        x: spearman,
        // Spread a little, so that equals are seen.
        y: ((i % 3) - 1) * 0.2,
        tone: 'people',
        simulated: people.simulated,
        title: `a person: ${figureText(spearman, 3)}, n = ${n}`
      })),
      ...models.flatMap((model, i): Mark[] => [
        {
          kind: 'bars',
          along: 'x',
          tone: 'model',
          strong: true,
          segments: model.srcc.shown === null ? [] : [[i + 1, model.srcc.shown[0], model.srcc.shown[1]]]
        },
        {
          kind: 'point',
          x: model.srcc.estimate,
          y: i + 1,
          tone: 'model',
          simulated: model.simulated,
          title: `${observerLabel(model)}: ${figureText(model.srcc.estimate, 3)}${model.srcc.shown === null ? '' : `, 95 % interval ${figureText(model.srcc.shown[0], 3)} to ${figureText(model.srcc.shown[1], 3)}`}`
        }
      ])
    ],
    legend: [
      { kind: 'point', tone: 'people', text: 'a person against the others', simulated: people.simulated },
      { kind: 'point', tone: 'model', text: 'a model against all people' }
    ],
    notes: [
      `n = ${raters.length} people. Bars: 95 % intervals, people and ${agreement.unit} drawn again.`,
      ...(ceiling === null
        ? []
        : [
            `Upright line: the ceiling ${figureText(ceiling, 3)}, √ of the reliability of the people’s mean.`
          ]),
      ...simulatedNotes(people, ...models)
    ],
    table: {
      columns: ['observer', 'SRCC', 'low 95 %', 'high 95 %', 'n stimuli'],
      rows: [
        ...raters.map(({ spearman, n }, i): (string | number | null)[] => [
          observerLabel({ observer: `person ${i + 1}`, simulated: people.simulated }),
          spearman,
          null,
          null,
          n
        ]),
        ...models.map((model): (string | number | null)[] => [
          observerLabel(model),
          model.srcc.estimate,
          model.srcc.shown?.[0] ?? null,
          model.srcc.shown?.[1] ?? null,
          null
        ])
      ]
    }
  });
}

/** How well the mean of k people predicts another one, and where the model stands on that curve. */
export function equivalentsPlot(input: PlotInput): PlotOrReason {
  const { agreement } = input;
  if (agreement === null) return undrawn(NOT_COMPUTED);
  const model = modelOf(input);
  if (model === null) return undrawn(MODELS_ALONE);
  const found = model.raterEquivalents.value;
  if (found === null || found.curve.length < 2)
    return undrawn(model.raterEquivalents.why ?? 'the curve needs three people on the same stimuli');
  const { curve, model: level, empirical } = found;
  const label = observerLabel(model);
  const peopleLabel = agreement.people.value ? observerLabel(agreement.people.value) : 'people';
  const last = curve.at(-1)?.k ?? 2;
  const ends = empirical?.ci95 ?? null;
  const said =
    empirical === null
      ? 'no figure'
      : empirical.kind === 'raters'
        ? `${figureText(empirical.k, 1)} people`
        : empirical.atLeast === null
          ? 'more than any number of people shows'
          : `at least ${figureText(empirical.atLeast, 0)} people`;
  return drawn({
    name: 'equivalents',
    title: `Rater equivalents of ${label}`,
    description: `The mean of 1 to ${last} people against one held out, and the level of ${label}: ${said}.`,
    x: { low: 0, high: last + 0.5, label: 'people averaged' },
    y: axisFor(
      [...curve.map(({ correlation }) => correlation), ...(level === null ? [] : [level])],
      'correlation with one more person'
    ),
    marks: [
      {
        kind: 'line',
        role: 'curve',
        tone: 'people',
        points: curve.map(({ k, correlation }): [number, number] => [k, correlation])
      },
      ...curve.map(({ k, correlation }): Mark => ({
        kind: 'point',
        x: k,
        y: correlation,
        tone: 'people',
        simulated: agreement.people.value?.simulated ?? false,
        title: `${k} people: ${figureText(correlation, 3)}`
      })),
      ...(level === null
        ? []
        : [
            {
              kind: 'line' as const,
              role: 'curve' as const,
              tone: 'model' as const,
              dashed: true,
              points: [
                [0, level],
                [last + 0.5, level]
              ] as [number, number][]
            }
          ])
    ],
    legend: [
      { kind: 'point', tone: 'people', text: `mean of k, ${peopleLabel}` },
      { kind: 'line', tone: 'model', text: label, dashed: true }
    ],
    notes: [
      `${label}: ${said}${ends === null ? '' : ` (95 % ${ends.map((end) => (end === null ? 'beyond' : figureText(end, 1))).join(' to ')})`}, from the curve.`,
      ...simulatedNotes(model, agreement.people.value)
    ],
    table: {
      columns: ['people averaged', 'correlation with one more person', `${label} (its own level)`],
      rows: curve.map(({ k, correlation }) => [k, correlation, level])
    }
  });
}

/** Whether the model's stated probabilities of "first" are the shares of people who say so. */
export function calibrationPlot(input: PlotInput): PlotOrReason {
  const { agreement, results } = input;
  if (results.protocol !== 'double-stimulus')
    return undrawn('it is drawn for pairs: they alone have stated probabilities');
  if (agreement === null) return undrawn(NOT_COMPUTED);
  const model = modelOf(input);
  if (model === null) return undrawn(MODELS_ALONE);
  const found = model.calibration.value;
  if (found === null) return undrawn(model.calibration.why ?? 'no probabilities were read');
  const label = observerLabel(model);
  return drawn({
    name: 'calibration',
    title: `Calibration of ${label}`,
    description: `Mean stated probability of “first” against the share of people who chose it, in ${found.bins.length} bins; the diagonal is perfect calibration.`,
    x: { low: 0, high: 1, label: 'stated probability of “first”' },
    y: { low: 0, high: 1, label: 'share of people' },
    inner: 320,
    height: 320,
    marks: [
      {
        kind: 'line',
        role: 'guide',
        points: [
          [0, 0],
          [1, 1]
        ]
      },
      {
        kind: 'bars',
        tone: 'model',
        strong: true,
        segments: found.bins.map(({ meanProbability, ci95 }) => [meanProbability, ci95[0], ci95[1]])
      },
      ...found.bins.map(({ meanProbability, observed, n }): Mark => ({
        kind: 'point',
        x: meanProbability,
        y: observed,
        tone: 'model',
        simulated: model.simulated,
        title: `${n} answers: stated ${figureText(meanProbability)}, people ${figureText(observed)}`
      }))
    ],
    legend: [{ kind: 'point', tone: 'model', text: label, simulated: model.simulated }],
    notes: [
      `n = ${found.n} answers of people; Brier ${figureText(found.brier, 3)} (${figureText(found.baseline, 3)} for the overall share), expected calibration error ${figureText(found.ece, 3)}.`,
      'Bars: 95 % Wilson intervals of each bin.',
      ...simulatedNotes(model, agreement.people.value)
    ],
    table: {
      columns: [
        'bin from',
        'to',
        'mean stated probability',
        'share of people',
        'low 95 %',
        'high 95 %',
        'n answers'
      ],
      rows: found.bins.map((bin) => [
        bin.low,
        bin.high,
        bin.meanProbability,
        bin.observed,
        ...bin.ci95,
        bin.n
      ])
    }
  });
}
