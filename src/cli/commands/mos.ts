import { meanOpinionScores } from '#lib/domain/scaling/mos.ts';
import { ratingsOf } from '#lib/domain/scaling/ratings.ts';
import { bt500Screening, correlationScreening } from '#lib/domain/scaling/screening.ts';
import { fitSubjectModel } from '#lib/domain/scaling/subject-model.ts';
import { openTable } from '#lib/server/tables/read-table.ts';
import { resolvePath } from '../arguments.ts';
import { COMMON_OPTIONS, type Command } from '../command.ts';
import { readRatings, type NamedRatings } from '../read-ratings.ts';
import { textTable } from '../table.ts';

type Screen = 'none' | 'bt500' | 'correlation';
type Model = 'mean' | 'p910';

export const mos: Command = {
  name: 'mos',
  summary: 'MOS, σ and CI per stimulus; observer screening',
  usage: `limen mos FILE [--screen none|bt500|correlation] [--model mean|p910]

FILE is a CSV with the columns observer,stimulus,rating; "-" reads standard input. Other columns are ignored, an
empty rating is missing.

  --screen   who is left out before the MOS: nobody (default), those whom BT.500 rejects, or those whose Pearson
             correlation with the MOS is below 0.75 or undefined. Everybody gets every diagnostic either way.
  --model    mean (default), or p910 for the subject model's quality and its standard error beside the MOS
  --json     one JSON document on standard output`,
  positionals: ['FILE'],
  options: {
    ...COMMON_OPTIONS,
    screen: { type: 'choice', of: ['none', 'bt500', 'correlation'] },
    model: { type: 'choice', of: ['mean', 'p910'] }
  },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const named = await readRatings(await openTable(file, resolvePath(file)));
    const screen = (args.text('screen') ?? 'none') as Screen;
    const model = (args.text('model') ?? 'mean') as Model;
    const result = analyse(named, screen, model);
    if (!result.converged)
      terminal.note('warning: the subject model did not converge within 1000 iterations');
    const unrated = result.document.stimuli.filter((stimulus) => stimulus.n === 0).length;
    if (unrated > 0) terminal.note(`warning: ${unrated} stimuli are left without ratings`);
    terminal.out(args.flag('json') ? `${JSON.stringify(result.document)}\n` : report(result.document));
    return 0;
  }
};

function analyse({ observers, stimuli, ratings }: NamedRatings, screen: Screen, model: Model) {
  const bt500 = bt500Screening(ratings);
  const correlation = correlationScreening(ratings);
  const everybody = fitSubjectModel(ratings);
  const kept = observers.map(
    (_, i) => screen === 'none' || !(screen === 'bt500' ? bt500[i]?.rejected : correlation[i]?.rejected)
  );
  const keptRatings = kept.every(Boolean) ? ratings : ratingsOf(ratings, (i) => kept[i] === true);
  const scores = meanOpinionScores(keptRatings);
  const subject =
    model === 'mean' ? null : keptRatings === ratings ? everybody : fitSubjectModel(keptRatings);
  return {
    converged: everybody.converged && (subject?.converged ?? true),
    document: {
      method: { screen, model },
      observers: observers.map((observer, i) => ({
        observer,
        n: everybody.observers[i]?.n ?? 0,
        kept: kept[i] === true,
        bt500: bt500[i],
        correlation: correlation[i],
        bias: everybody.observers[i]?.bias ?? null,
        inconsistency: everybody.observers[i]?.inconsistency ?? null
      })),
      stimuli: stimuli.map((stimulus, j) => ({
        stimulus,
        n: scores[j]?.n ?? 0,
        mos: scores[j]?.mos ?? null,
        sigma: scores[j]?.sigma ?? null,
        sem: scores[j]?.sem ?? null,
        ci95: scores[j]?.ci95 ?? null,
        ...(subject === null
          ? {}
          : {
              quality: subject.stimuli[j]?.quality ?? null,
              qualitySe: subject.stimuli[j]?.qualitySe ?? null
            })
      }))
    }
  };
}

type Document = ReturnType<typeof analyse>['document'];

function report({ method, observers, stimuli }: Document): string {
  const hasQuality = method.model === 'p910';
  const stimulusTable = textTable(
    [
      'stimulus',
      'n',
      'MOS',
      'σ',
      'SEM',
      'CI low',
      'CI high',
      ...(hasQuality ? ['quality', 'quality SE'] : [])
    ],
    stimuli.map((row) => [
      row.stimulus,
      row.n,
      row.mos,
      row.sigma,
      row.sem,
      row.ci95?.[0] ?? null,
      row.ci95?.[1] ?? null,
      ...(hasQuality ? [row.quality ?? null, row.qualitySe ?? null] : [])
    ])
  );
  const verdict = (rejected: boolean | undefined) => (rejected === true ? 'rejected' : 'ok');
  const observerTable = textTable(
    [
      'observer',
      'n',
      'kept',
      'BT.500',
      'P',
      'Q',
      'correlation',
      'Pearson',
      'Spearman',
      'bias',
      'inconsistency'
    ],
    observers.map((row) => [
      row.observer,
      row.n,
      row.kept ? 'yes' : 'no',
      verdict(row.bt500?.rejected),
      row.bt500?.p ?? null,
      row.bt500?.q ?? null,
      verdict(row.correlation?.rejected),
      row.correlation?.pearson ?? null,
      row.correlation?.spearman ?? null,
      row.bias,
      row.inconsistency
    ])
  );
  return `${stimulusTable}\n${observerTable}`;
}
