import { AUTHORS_SETTINGS } from '#lib/domain/selection/difficult-subset.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { SubsetOptions } from '#lib/server/services/create-subset.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

/** Which options say something for which method. */
const OF_METHOD: Record<string, readonly string[]> = {
  all: [],
  uniform: ['n', 'references', 'per-reference', 'exclude'],
  difficult: [
    'n',
    'references',
    'per-reference',
    'exclude',
    'proxy',
    'features',
    'lambda',
    'epsilon',
    'normalise',
    'no-sigma',
    'no-map',
    'authors',
    'difference-as-quality'
  ]
};

export const subset: Command = {
  name: 'subset',
  summary: 'choose stimuli out of a dataset',
  usage: `limen subset DATASET --name N --method all [--if-missing] [--json]
limen subset DATASET --name N --method uniform -n N | --references R --per-reference K [--exclude a.png,b.png]
limen subset DATASET --name N --method difficult --proxy M[,M…] -n N | --references R --per-reference K
  [--features SET] [--lambda 0.01] [--epsilon 1] [--normalise] [--no-sigma] [--no-map] [--authors] [--exclude a.png]

uniform takes stimuli evenly over MOS rank; with references, so many of each of so many. difficult takes those on which
metrics err most, relative to how far people disagree, and which differ from each other; in a full-reference dataset
first references, then the worst stimuli of each. The subset keeps how it was chosen.

  --proxy           metrics of the dataset that stand in for the models; the mean of several
  --features        a feature set of the dataset (of its references, in full reference); without it diversity is 0
  --lambda          weight of diversity, 0.01 by default
  --epsilon         added to σ², 1 by default
  --normalise       scale MOS and σ to 0..1 first, each by its smallest and largest value
  --no-sigma        do not divide errors by σ² + ε
  --no-map          the proxy is on the scale of the MOS already: no logistic map
  --authors         λ 0.01, ε 1, normalised, 150 stimuli (15 references × 10), as Wu et al.'s code
  --exclude         stimuli that shall not be chosen, such as exemplars
  --difference-as-quality   on difference scores (SPCD): accept that a difference is read as quality`,
  positionals: ['DATASET'],
  options: {
    name: { type: 'text' },
    method: { type: 'choice', of: ['all', 'uniform', 'difficult'] },
    n: { type: 'integer', min: 1 },
    references: { type: 'integer', min: 1 },
    'per-reference': { type: 'integer', min: 1 },
    exclude: { type: 'text' },
    proxy: { type: 'text' },
    features: { type: 'text' },
    lambda: { type: 'number', min: 0 },
    epsilon: { type: 'number', min: 0 },
    normalise: { type: 'flag' },
    'no-sigma': { type: 'flag' },
    'no-map': { type: 'flag' },
    authors: { type: 'flag' },
    'difference-as-quality': { type: 'flag' },
    'if-missing': { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const options = optionsFrom(args);
    const ifMissing = args.flag('if-missing');
    const document = (await withLab(terminal, (lab) => lab.call('subset', { ...options, ifMissing }))) as {
      subset: string;
      size: number;
    };
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(document)}\n`
        : `${document.subset}: ${document.size} stimuli of ${options.dataset}\n`
    );
    return 0;
  }
};

function optionsFrom(args: ParsedArguments): SubsetOptions {
  const base = { dataset: args.positionals[0] as string, name: args.text('name') ?? '' };
  const method = args.text('method');
  if (args.text('name') === undefined) throw new BadInput('limen subset: --name is missing');
  if (method === undefined) throw new BadInput('limen subset: --method is missing');
  for (const name of OF_METHOD['difficult'] as string[]) {
    const given = args.flag(name) || args.text(name) !== undefined || args.number(name) !== undefined;
    if (given && !OF_METHOD[method]?.includes(name)) {
      const dash = name === 'n' ? '-n' : `--${name}`;
      throw new BadInput(`limen subset: --method ${method} takes no ${dash}`);
    }
  }
  if (method === 'all') return { ...base, method };
  const authors = args.flag('authors');
  const n = args.number('n');
  const references = args.number('references');
  const perReference = args.number('per-reference');
  if ((references === undefined) !== (perReference === undefined)) {
    throw new BadInput('limen subset: --references and --per-reference belong together');
  }
  if (n !== undefined && references !== undefined) {
    throw new BadInput(
      'limen subset: -n says how many of all, --references how many of each; give one of them'
    );
  }
  if (n === undefined && references === undefined && !authors) {
    throw new BadInput(`limen subset: --method ${method} needs -n, or --references and --per-reference`);
  }
  const exclude = listed(args.text('exclude'));
  const counts = {
    ...(n === undefined ? {} : { n }),
    ...(references === undefined || perReference === undefined ? {} : { references, perReference })
  };
  if (method === 'uniform') return { ...base, method, ...counts, exclude };
  return {
    ...base,
    method: 'difficult',
    proxies: listed(args.text('proxy')),
    features: args.text('features') ?? null,
    exclude,
    differenceAsQuality: args.flag('difference-as-quality'),
    counts,
    settings: {
      lambda: args.number('lambda') ?? AUTHORS_SETTINGS.lambda,
      epsilon: args.number('epsilon') ?? AUTHORS_SETTINGS.epsilon,
      sigmaNormalised: !args.flag('no-sigma'),
      minMax: authors || args.flag('normalise'),
      mapped: !args.flag('no-map')
    }
  };
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
