import { bootstrapAgreement } from '#lib/domain/agreement/bootstrap-agreement.ts';
import { compareModels, type ModelComparison } from '#lib/domain/agreement/comparisons.ts';
import {
  modelAgainstPeople,
  type FitKind,
  type ModelAgreement
} from '#lib/domain/agreement/model-against-people.ts';
import type { Bounds } from '#lib/stats/bootstrap.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { openTable, quoted } from '#lib/server/tables/read-table.ts';
import { resolvePath } from '../arguments.ts';
import { COMMON_OPTIONS, type Command, type Terminal } from '../command.ts';
import { textTable } from '../table.ts';
import { readScores, type Scores } from './agree-scores.ts';

export const agree: Command = {
  name: 'agree',
  summary: 'agreement of each model with people',
  usage: `limen agree FILE [--fit logistic4|logistic5|none] [--epsilon E] [--content] [--bootstrap B] [--seed N]

FILE is a CSV with the columns stimulus,mos and optionally sigma (SD of the opinion scores), n (how many there
are) and content (the reference or scene); "-" reads standard input. Every other column of numbers is a model;
an empty prediction is missing. Columns of text are ignored, a column that mixes both is refused.

  --fit         logistic4 (default) or logistic5: monotone map onto the MOS for PLCC and RMSE; none: no map
  --epsilon     ε of the σ-normalised error mean((mapped − mos)²/(σ² + ε)) (default 1)
  --content     the mean over contents too; resamples draw whole contents
  --bootstrap   resamples for the 95 % intervals (default 2000; 0 for none)
  --seed        makes the resamples repeatable (default 1)
  --json        one JSON document on standard output`,
  positionals: ['FILE'],
  options: {
    ...COMMON_OPTIONS,
    fit: { type: 'choice', of: ['logistic4', 'logistic5', 'none'] },
    epsilon: { type: 'number', min: 0 },
    content: { type: 'flag' },
    bootstrap: { type: 'integer', min: 0, max: 1_000_000 }
  },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const byContent = args.flag('content');
    const settings: Settings = {
      fit: (args.text('fit') as FitKind | undefined) ?? 'logistic4',
      epsilon: args.number('epsilon') ?? 1,
      byContent,
      replicates: args.number('bootstrap') ?? 2000,
      seed: args.number('seed') ?? 1
    };
    const scores = await readScores(await openTable(file, resolvePath(file)), byContent);
    for (const warning of scores.warnings) terminal.note(`warning: ${warning}`);
    const result = analyse(scores, settings, terminal);
    warn(scores, result, terminal);
    terminal.out(args.flag('json') ? `${JSON.stringify(result)}\n` : report(result, settings));
    return 0;
  }
};

interface Settings {
  fit: FitKind;
  epsilon: number;
  byContent: boolean;
  replicates: number;
  seed: number;
}

type ReportedModel = { model: string } & Omit<ModelAgreement, 'mapping'> & {
    ci95: { srcc: Bounds | null; plcc: Bounds | null } | null;
  };

interface Agreement {
  n: number;
  fit: FitKind;
  epsilon: number;
  models: ReportedModel[];
  comparisons: ModelComparison[];
}

function analyse({ people, models }: Scores, settings: Settings, terminal: Terminal): Agreement {
  const { fit, epsilon, byContent, replicates, seed } = settings;
  const agreements = models.map(({ name, predictions }, done) => {
    terminal.progress(`model ${done + 1} of ${models.length}: ${name}`);
    return modelAgainstPeople(people, predictions, { fit, epsilon, perContent: byContent });
  });
  const random = seededRandom(seed);
  const progressOf = (what: string) => (share: number) =>
    terminal.progress(`${what} ${Math.floor(100 * share)} %`);
  const resampled =
    replicates === 0
      ? null
      : bootstrapAgreement(
          people,
          models.map(({ predictions }, i) => ({ predictions, mapping: agreements[i]?.mapping ?? null })),
          { fit, replicates, random, overContents: byContent, onProgress: progressOf('resamples') }
        );
  return {
    n: people.mos.length,
    fit,
    epsilon,
    models: models.map(({ name }, i) => {
      const { mapping: _mapping, ...figures } = agreements[i] as ModelAgreement;
      return { model: name, ...figures, ci95: resampled?.intervals[i] ?? null };
    }),
    comparisons: compareModels(people, models, {
      ...(resampled === null
        ? {}
        : {
            bootstrap: {
              replicates,
              random,
              overContents: byContent,
              shared: resampled.shared,
              onProgress: progressOf('comparisons')
            }
          })
    })
  };
}

function warn({ people }: Scores, { models, epsilon }: Agreement, terminal: Terminal): void {
  for (const { model, n, missing, srcc, plcc, sigmaNormalisedError } of models) {
    const name = quoted(model);
    if (missing > 0)
      terminal.note(`warning: ${name} has no prediction for ${missing} of ${n + missing} stimuli`);
    if (srcc === null || plcc === null) {
      terminal.note(`warning: ${name} has too few or constant values, so some figures do not exist`);
    } else if (people.sigma !== undefined && sigmaNormalisedError === null) {
      terminal.note(
        `warning: ${name} has no σ-normalised error: no σ is known, or σ is 0 somewhere with ε = ${epsilon}`
      );
    }
  }
  const without = people.sigma?.filter((value) => value === null).length ?? 0;
  if (without > 0) {
    terminal.note(`warning: ${without} stimuli have no σ and are left out of the σ-normalised error`);
  }
}

function report({ n, fit, models, comparisons, epsilon }: Agreement, settings: Settings): string {
  const bounds = (interval: Bounds | null | undefined) =>
    interval == null ? null : `${interval[0].toFixed(3)} … ${interval[1].toFixed(3)}`;
  const parts = [
    textTable(
      [
        'model',
        'n',
        'srcc',
        'ci95',
        'krcc',
        'plcc raw',
        'plcc',
        'ci95',
        'rmse',
        'σ-error',
        'human σ-error',
        'chance'
      ],
      models.map((one) => [
        one.model,
        one.n,
        one.srcc,
        bounds(one.ci95?.srcc),
        one.krcc,
        one.plccRaw,
        one.plcc,
        bounds(one.ci95?.plcc),
        one.rmse,
        one.sigmaNormalisedError,
        one.humanSigmaNormalisedError,
        one.chance.srcc95
      ])
    )
  ];
  if (settings.byContent) {
    parts.push(
      textTable(
        ['mean over contents', 'contents', 'srcc', 'plcc'],
        models.map(({ model, perContent }) => [
          model,
          perContent?.contents ?? null,
          perContent?.srcc ?? null,
          perContent?.plcc ?? null
        ])
      )
    );
  }
  if (comparisons.length > 0) {
    parts.push(
      textTable(
        ['a', 'b', 'srcc a − b', 'ci95', 'p', 'p (Holm)'],
        comparisons.map(({ a, b, srccDifference, differenceCi95, p, pHolm }) => [
          a,
          b,
          srccDifference,
          bounds(differenceCi95),
          p,
          pHolm
        ])
      )
    );
  }
  const unit = settings.byContent ? 'contents' : 'rows';
  const intervals =
    settings.replicates === 0 ? 'no intervals' : `ci95 from ${settings.replicates} resamples of ${unit}`;
  const fitted = fit === 'none' ? 'no fit' : `plcc, rmse and σ-error after ${fit}, fitted on the same rows`;
  const test = comparisons.length > 0 ? '; p by Meng, Rosenthal and Rubin' : '';
  return `${parts.join('\n')}\n${n} stimuli; ${fitted}; ε ${epsilon}; ${intervals}${test}\n`;
}
