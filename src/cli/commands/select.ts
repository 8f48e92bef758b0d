import {
  minMaxScaled,
  selectDifficult,
  selectDifficultByReference,
  sigmaNormalisedError,
  type Pick
} from '#lib/domain/selection/difficult.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { quoted } from '#lib/server/tables/read-table.ts';
import type { ParsedArguments } from '../arguments.ts';
import { COMMON_OPTIONS, type Command } from '../command.ts';
import { textTable } from '../table.ts';
import { featuresFor, labelOf, readRows, type Row } from './select-input.ts';

const DEFAULT_LAMBDA = 0.01;
const DEFAULT_EPSILON = 1;

export const select: Command = {
  name: 'select',
  summary: 'difficult-sample selection',
  usage: `limen select FILE --n N [--lambda L] [--epsilon E] [--features FEATURES.csv] [--normalise]
limen select FILE --scenario fr --references R --per-reference K [--lambda L] …

FILE is a CSV with the columns stimulus,mos,sigma,prediction, and reference for --scenario fr; "-" reads standard
input. Picks stimuli on which the prediction errs most, relative to how far people disagree, and which differ from
each other: each pick maximises (prediction − mos)²/(σ² + ε) + λ · (1 − cosine to the mean feature of those picked).
A stimulus without a prediction (an empty cell) cannot be ranked; it is left out with a warning.

  --n               how many stimuli (nr); more than there are selects all, with a warning
  --scenario        nr (default), or fr: first references, then the worst stimuli of each
  --references      how many references (fr)
  --per-reference   how many stimuli of each (fr)
  --lambda          weight of diversity, 0.01 by default
  --epsilon         added to σ², 1 by default
  --features        a CSV with the column stimulus and one numeric column per dimension; in fr, stimulus names the
                    references. Without it diversity is 0
  --normalise       scale mos and sigma to 0..1 first, each by its smallest and largest value; not the prediction
  --json            one JSON document on standard output`,
  positionals: ['FILE'],
  options: {
    ...COMMON_OPTIONS,
    n: { type: 'integer', min: 1 },
    scenario: { type: 'choice', of: ['nr', 'fr'] },
    references: { type: 'integer', min: 1 },
    'per-reference': { type: 'integer', min: 1 },
    lambda: { type: 'number', min: 0 },
    epsilon: { type: 'number', min: 0 },
    features: { type: 'text' },
    normalise: { type: 'flag' }
  },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const isFr = args.text('scenario') === 'fr';
    // Said only once all is well: bad input is answered with one line.
    const warnings: string[] = [];
    const counts = countsFrom(args, isFr, warnings);
    const featureFile = args.text('features');
    if (featureFile === '-' && file === '-') {
      throw new BadInput('limen select: FILE and --features cannot both be standard input');
    }
    const lambda = args.number('lambda') ?? DEFAULT_LAMBDA;
    const epsilon = args.number('epsilon') ?? DEFAULT_EPSILON;
    const rows = await readRows(file, isFr);
    const normalise = args.flag('normalise');
    const scored = withErrors(rows, epsilon, normalise, file, warnings);
    const settings = { lambda, epsilon, normalised: normalise, missing: rows.length - scored.length };
    const result = isFr
      ? await selectFr(scored, counts, settings, featureFile, file, warnings)
      : await selectNr(scored, counts.n, settings, featureFile, file, warnings);
    for (const warning of warnings) terminal.note(`warning: ${warning}`);
    terminal.out(args.flag('json') ? `${JSON.stringify(result)}\n` : report(result));
    return 0;
  }
};

interface Scored extends Row {
  error: number;
}

interface Settings {
  lambda: number;
  epsilon: number;
  normalised: boolean;
  /** Stimuli left out for want of a prediction. */
  missing: number;
}

interface Selected {
  rank: number;
  stimulus: string;
  reference?: string;
  error: number;
  diversity: number;
  objective: number;
}

interface Selection extends Settings {
  scenario: 'nr' | 'fr';
  n: number;
  references?: { rank: number; reference: string; error: number; diversity: number; objective: number }[];
  selected: Selected[];
}

interface Counts {
  n: number;
  references: number;
  perReference: number;
}

function countsFrom(args: ParsedArguments, isFr: boolean, warnings: string[]): Counts {
  const ofNr = ['n'];
  const ofFr = ['references', 'per-reference'];
  for (const name of isFr ? ofFr : ofNr) {
    if (args.number(name) === undefined) {
      throw new BadInput(`limen select: --${name} is needed (see: limen select --help)`);
    }
  }
  for (const name of isFr ? ofNr : ofFr) {
    if (args.number(name) !== undefined)
      warnings.push(`--${name} says nothing in --scenario ${isFr ? 'fr' : 'nr'}`);
  }
  return {
    n: args.number('n') ?? 0,
    references: args.number('references') ?? 0,
    perReference: args.number('per-reference') ?? 0
  };
}

/** The rows that have a prediction, each with its σ-normalised error. */
function withErrors(
  rows: readonly Row[],
  epsilon: number,
  normalise: boolean,
  path: string,
  warnings: string[]
): Scored[] {
  const file = labelOf(path);
  // The range is that of the whole list: leaving a stimulus out must not change the others' scale.
  const mos = rows.map((row) => row.mos);
  const sigma = rows.map((row) => row.sigma);
  const scaledMos = normalise ? minMaxScaled(mos) : mos;
  const scaledSigma = normalise ? minMaxScaled(sigma) : sigma;
  if (normalise) {
    for (const [column, values] of Object.entries({ mos, sigma })) {
      if (values.every((value) => value === values[0])) {
        warnings.push(`every ${column} is the same; normalised, all are 0`);
      }
    }
  }
  const scored = rows.flatMap((row, i) => {
    if (row.prediction === null) return [];
    const judged = {
      mos: scaledMos[i] as number,
      sigma: scaledSigma[i] as number,
      prediction: row.prediction
    };
    const error = sigmaNormalisedError(judged, epsilon);
    if (!Number.isFinite(error)) {
      const reason = judged.sigma === 0 && epsilon === 0 ? 'σ and ε are both 0' : 'a value is too large';
      throw new BadInput(`the error of ${quoted(row.stimulus)} is not finite: ${reason}`, {
        file,
        line: row.line,
        column: 'sigma'
      });
    }
    return [{ ...row, error }];
  });
  if (scored.length === 0)
    throw new BadInput('no stimulus has a prediction', { file, line: rows[0]?.line, column: 'prediction' });
  const missing = rows.length - scored.length;
  if (missing > 0) {
    warnings.push(`${missing} of ${rows.length} stimuli have no prediction and cannot be selected`);
  }
  return scored;
}

async function selectNr(
  rows: readonly Scored[],
  n: number,
  settings: Settings,
  featureFile: string | undefined,
  path: string,
  warnings: string[]
): Promise<Selection> {
  warnIfFewer(n, rows.length, 'stimuli', warnings);
  const owners = rows.map(({ stimulus, line }) => ({ name: stimulus, line }));
  const features = await featuresFor(owners, featureFile, path, 'stimulus');
  const picks = selectDifficult(
    rows.map(({ error }) => error),
    n,
    { lambda: settings.lambda, features }
  );
  const selected = picks.map((pick, k) =>
    ranked(k, { stimulus: (rows[pick.index] as Scored).stimulus }, pick)
  );
  return { scenario: 'nr', n: selected.length, ...settings, selected };
}

async function selectFr(
  rows: readonly Scored[],
  counts: Counts,
  settings: Settings,
  featureFile: string | undefined,
  path: string,
  warnings: string[]
): Promise<Selection> {
  const groups = new Map<string, Scored[]>();
  for (const row of rows) {
    const group = groups.get(row.reference);
    if (group) group.push(row);
    else groups.set(row.reference, [row]);
  }
  const byReference = [...groups];
  warnIfFewer(counts.references, byReference.length, 'references', warnings);
  const owners = byReference.map(([name, group]) => ({ name, line: (group[0] as Scored).line }));
  const features = await featuresFor(owners, featureFile, path, 'reference');
  const errors = byReference.map(([, group]) => group.map(({ error }) => error));
  const picked = selectDifficultByReference(errors, counts.references, counts.perReference, {
    lambda: settings.lambda,
    features
  });
  const short = picked.references.filter(
    ({ index }) => (errors[index] as number[]).length < counts.perReference
  );
  if (short.length > 0) {
    warnings.push(
      `${short.length} of the references have fewer than ${counts.perReference} stimuli; all of theirs are selected`
    );
  }
  const selected = picked.selected.map(({ reference, index, error }, k) => {
    const row = (byReference[reference] as [string, Scored[]])[1][index] as Scored;
    return ranked(
      k,
      { stimulus: row.stimulus, reference: row.reference },
      { error, diversity: 0, objective: error }
    );
  });
  const references = picked.references.map((pick, k) =>
    ranked(k, { reference: (byReference[pick.index] as [string, Scored[]])[0] }, pick)
  );
  return { scenario: 'fr', n: selected.length, ...settings, references, selected };
}

function ranked<Name extends object>(
  place: number,
  name: Name,
  { error, diversity, objective }: Omit<Pick, 'index'>
) {
  return { rank: place + 1, ...name, error, diversity, objective };
}

function warnIfFewer(wanted: number, there: number, what: string, warnings: string[]): void {
  if (wanted > there) warnings.push(`${wanted} ${what} were asked for, there are ${there}; all are selected`);
}

function report({ references, selected }: Selection): string {
  const figures = ['error', 'diversity', 'objective'];
  if (references === undefined) {
    const rows = selected.map((row) => [row.rank, row.stimulus, row.error, row.diversity, row.objective]);
    return textTable(['rank', 'stimulus', ...figures], rows);
  }
  const first = references.map((row) => [row.rank, row.reference, row.error, row.diversity, row.objective]);
  const second = selected.map((row) => [row.rank, row.reference ?? null, row.stimulus, row.error]);
  return `${textTable(['rank', 'reference', ...figures], first)}\n${textTable(['rank', 'reference', 'stimulus', 'error'], second)}`;
}
