import type { StudyResults } from '#lib/domain/results/study-results.ts';
import { spearmanInterval } from '#lib/stats/intervals.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';

const STUDY: Column = { name: 'study', type: 'text', description: 'Name of the study' };
const OBSERVER: Column = { name: 'observer', type: 'text', description: 'Who judged' };
const KIND: Column = {
  name: 'kind',
  type: 'text',
  description: 'people (pooled), rater (a person), model, or synthetic (simulated)'
};
const SIMULATED: Column = {
  name: 'simulated',
  type: 'boolean',
  description: 'Whether the observer is a simulation'
};

const SCORES: Column[] = [
  STUDY,
  { name: 'stimulus', type: 'text', description: 'Name of the judged image' },
  { name: 'reference', type: 'text', description: 'Its undistorted original' },
  { name: 'mos', type: 'number', description: "The dataset's mean opinion score, on the dataset's scale" },
  { name: 'sigma', type: 'number', description: 'Standard deviation (n−1) of the opinions behind mos' },
  OBSERVER,
  KIND,
  SIMULATED,
  {
    name: 'value',
    type: 'number',
    description: "The observer's mean score (0–100), or the scale value of its votes"
  },
  { name: 'scaled', type: 'number', description: 'value mapped to 0–100 over the stimuli of its scale' },
  { name: 'n', type: 'integer', description: 'Answers (votes, for pairs and rankings) behind value' },
  {
    name: 'observerSigma',
    type: 'number',
    description: 'Standard deviation (n−1) of the scores behind value'
  },
  { name: 'se', type: 'number', description: 'Standard error of value' }
];

/** One row for each stimulus and observer. */
export function scoresTable(results: StudyResults): StreamedTable {
  return { name: 'scores', columns: SCORES, rows: one(scoreRows(results)) };
}

function* scoreRows(results: StudyResults): Generator<TableRow> {
  const observers = new Map(results.observers.map((observer) => [observer.observer, observer]));
  for (const stimulus of results.stimuli) {
    for (const [name, value] of Object.entries(stimulus.values)) {
      const observer = observers.get(name);
      yield [
        results.study,
        stimulus.stimulus,
        stimulus.reference,
        stimulus.mos,
        stimulus.sigma,
        name,
        observer?.kind ?? null,
        observer?.simulated ?? null,
        value.value,
        value.scaled,
        value.n,
        value.sigma,
        value.se
      ];
    }
  }
}

const AGREEMENT: Column[] = [
  STUDY,
  OBSERVER,
  KIND,
  SIMULATED,
  { name: 'strategy', type: 'text', description: 'How a model was prompted; empty for people' },
  { name: 'presentations', type: 'integer', description: 'Presentations, training left out' },
  { name: 'ok', type: 'integer', description: 'Presentations with a usable answer' },
  { name: 'missing', type: 'integer', description: 'Presentations without one' },
  {
    name: 'truth',
    type: 'text',
    description: "mos: held against the dataset's MOS; people: against the study's own people"
  },
  { name: 'stimuli', type: 'integer', description: 'Stimuli that the figures rest on' },
  { name: 'srcc', type: 'number', description: "Spearman's rank correlation, mid-ranks, before any fit" },
  { name: 'krcc', type: 'number', description: "Kendall's tau-b, before any fit" },
  { name: 'plccRaw', type: 'number', description: "Pearson's correlation before the fit" },
  { name: 'plcc', type: 'number', description: "Pearson's correlation after the monotone logistic" },
  {
    name: 'rmse',
    type: 'number',
    description: "Root mean squared error after the fit, on the truth's scale"
  },
  {
    name: 'sigmaNormalisedError',
    type: 'number',
    description: 'Mean of squared error after the fit over σ² + 1'
  },
  {
    name: 'references',
    type: 'integer',
    description: 'References whose figures were averaged; empty where all stimuli share one scale'
  },
  {
    name: 'srccLow',
    type: 'number',
    description: 'Lower end of the 95 % interval of srcc (Bonett and Wright)'
  },
  {
    name: 'srccHigh',
    type: 'number',
    description: 'Upper end; both empty for a mean over references'
  }
];

/** One row for each observer and what it is held against. */
export function agreementTable(results: StudyResults): StreamedTable {
  return { name: 'agreement', columns: AGREEMENT, rows: one(agreementRows(results)) };
}

function* agreementRows(results: StudyResults): Generator<TableRow> {
  for (const observer of results.observers) {
    const ok = observer.outcomes['ok'] ?? 0;
    for (const [truth, figures] of [
      ['mos', observer],
      ['people', observer.againstRaters]
    ] as const) {
      if (figures === null) continue;
      const interval =
        observer.references === null && figures.srcc !== null
          ? spearmanInterval(figures.srcc, figures.n)
          : null;
      yield [
        results.study,
        observer.observer,
        observer.kind,
        observer.simulated,
        observer.strategy,
        observer.presentations,
        ok,
        observer.presentations - ok,
        truth,
        figures.n,
        figures.srcc,
        figures.krcc,
        figures.plccRaw,
        figures.plcc,
        figures.rmse,
        figures.sigmaNormalisedError,
        observer.references,
        interval?.[0] ?? null,
        interval?.[1] ?? null
      ];
    }
  }
}

async function* one(rows: Generator<TableRow>): AsyncGenerator<TableRow> {
  yield* rows;
}
