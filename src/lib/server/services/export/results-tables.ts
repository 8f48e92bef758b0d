import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import { yardsticksOf, type Yardsticks } from '#lib/domain/results/yardsticks.ts';
import type { StudyResults } from '#lib/domain/results/study-results.ts';
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
    description: 'Lower end of the 95 % interval of srcc, of the kind that interval names'
  },
  { name: 'srccHigh', type: 'number', description: 'Its upper end; both empty where none is known' },
  {
    name: 'interval',
    type: 'text',
    description:
      "resampled: over stimuli or references, and over raters where people are in it, where the study's agreement was computed; bonett-wright: by formula"
  },
  {
    name: 'srccPaperFaithful',
    type: 'number',
    description:
      "Of the same answers through Wu et al.'s published pipeline; empty until the agreement was computed"
  },
  { name: 'srccOnePerson', type: 'number', description: 'Median srcc of single people with the MOS' },
  {
    name: 'srccChance95',
    type: 'number',
    description: '|srcc| that answers at random stay below in 95 % of cases'
  }
];

/** One row for each observer and what it is held against. */
export function agreementTable(results: StudyResults, agreement: StudyAgreement | null): StreamedTable {
  const beside = yardsticksOf(results, agreement);
  return { name: 'agreement', columns: AGREEMENT, rows: one(agreementRows(results, beside)) };
}

function* agreementRows(results: StudyResults, yardsticks: Yardsticks): Generator<TableRow> {
  for (const observer of results.observers) {
    const ok = observer.outcomes['ok'] ?? 0;
    for (const [truth, figures] of [
      ['mos', observer],
      ['people', observer.againstRaters]
    ] as const) {
      if (figures === null) continue;
      const beside = yardsticks.of(observer, truth);
      const ofMos = truth === 'mos' ? yardsticks : null;
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
        beside.ci95?.[0] ?? null,
        beside.ci95?.[1] ?? null,
        beside.interval,
        beside.paperFaithful,
        ofMos?.person?.srcc ?? null,
        ofMos?.chance ?? null
      ];
    }
  }
}

async function* one(rows: Generator<TableRow>): AsyncGenerator<TableRow> {
  yield* rows;
}
