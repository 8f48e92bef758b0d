import { fleissKappa } from '#lib/domain/agreement/between-observers/fleiss.ts';
import { intraclassCorrelations } from '#lib/domain/agreement/between-observers/icc.ts';
import { kendallW } from '#lib/domain/agreement/between-observers/kendall-w.ts';
import { krippendorffAlpha } from '#lib/domain/agreement/between-observers/krippendorff.ts';
import { splitHalfReliability } from '#lib/domain/agreement/between-observers/split-half.ts';
import { completeRows } from '#lib/domain/scaling/ratings.ts';
import { openTable } from '#lib/server/tables/read-table.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { resolvePath } from '../arguments.ts';
import { COMMON_OPTIONS, type Command, type Terminal } from '../command.ts';
import { readRatings, type NamedRatings } from '../read-ratings.ts';
import { textTable } from '../table.ts';

export const reliability: Command = {
  name: 'reliability',
  summary: 'agreement between observers',
  usage: `limen reliability FILE [--seed N]

FILE is a CSV with the columns observer,stimulus,rating; "-" reads standard input. Other columns are ignored, an
empty rating is missing. Krippendorff's α and split-half take all ratings; ICC, Kendall's W and Fleiss' κ the
stimuli that every observer rated.

  --seed   of the 1000 random splits (default 1)
  --json   one JSON document on standard output`,
  positionals: ['FILE'],
  options: { ...COMMON_OPTIONS },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const named = await readRatings(await openTable(file, resolvePath(file)));
    const document = analyse(named, args.number('seed') ?? 1, terminal);
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : report(document));
    return 0;
  }
};

function analyse({ observers, stimuli, ratings }: NamedRatings, seed: number, terminal: Terminal) {
  const rows = completeRows(ratings);
  const enough = rows.length >= 2;
  if (!enough) {
    terminal.note(
      `warning: ${rows.length === 0 ? 'no stimulus was' : 'one stimulus alone was'} rated by every observer; ICC, Kendall's W and Fleiss' κ need two`
    );
  }
  const whole = ratings.rating.every(Number.isInteger);
  if (enough && !whole) terminal.note("warning: the ratings are not whole numbers, so there is no Fleiss' κ");
  const icc = enough ? intraclassCorrelations(rows) : null;
  const split = splitHalfReliability(ratings, seededRandom(seed));
  return {
    nObservers: observers.length,
    nStimuli: stimuli.length,
    missing: observers.length * stimuli.length - ratings.rating.length,
    krippendorffAlpha: {
      nominal: krippendorffAlpha(ratings, 'nominal'),
      ordinal: krippendorffAlpha(ratings, 'ordinal'),
      interval: krippendorffAlpha(ratings, 'interval')
    },
    icc: {
      icc1: icc?.icc1.icc ?? null,
      icc2: icc?.icc2.icc ?? null,
      icc3: icc?.icc3.icc ?? null,
      icc1k: icc?.icc1k.icc ?? null,
      icc2k: icc?.icc2k.icc ?? null,
      icc3k: icc?.icc3k.icc ?? null
    },
    iccCi95: {
      icc1: icc?.icc1.ci95 ?? null,
      icc2: icc?.icc2.ci95 ?? null,
      icc3: icc?.icc3.ci95 ?? null,
      icc1k: icc?.icc1k.ci95 ?? null,
      icc2k: icc?.icc2k.ci95 ?? null,
      icc3k: icc?.icc3k.ci95 ?? null
    },
    kendallW: enough ? (kendallW(rows)?.w ?? null) : null,
    fleissKappa: enough && whole ? (fleissKappa(rows)?.kappa ?? null) : null,
    splitHalf: { r: split?.r ?? null, spearmanBrown: split?.spearmanBrown ?? null }
  };
}

type Document = ReturnType<typeof analyse>;

function report(document: Document): string {
  const { nObservers, nStimuli, missing, krippendorffAlpha: alpha, icc, iccCi95, splitHalf } = document;
  const forms = [
    ['icc1', 'ICC(1,1)'],
    ['icc2', 'ICC(2,1)'],
    ['icc3', 'ICC(3,1)'],
    ['icc1k', 'ICC(1,k)'],
    ['icc2k', 'ICC(2,k)'],
    ['icc3k', 'ICC(3,k)']
  ] as const;
  const rows: (string | number | null)[][] = [
    ['Krippendorff α, nominal', alpha.nominal],
    ['Krippendorff α, ordinal', alpha.ordinal],
    ['Krippendorff α, interval', alpha.interval],
    ...forms.map(([key, name]) => [name, icc[key], iccCi95[key]?.[0] ?? null, iccCi95[key]?.[1] ?? null]),
    ['Kendall W', document.kendallW],
    ['Fleiss κ', document.fleissKappa],
    ['split-half r', splitHalf.r],
    ['split-half, Spearman-Brown', splitHalf.spearmanBrown]
  ];
  const table = textTable(
    ['', 'value', 'CI low', 'CI high'],
    rows.map((row) => [...row, null, null].slice(0, 4))
  );
  return `${table}\n${nObservers} observers, ${nStimuli} stimuli, ${missing} ratings missing\n`;
}
