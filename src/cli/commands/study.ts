import { SCALE_KINDS, type GroupSize, type Protocol, type ScaleKind } from '#lib/domain/study.ts';
import { readFile } from 'node:fs/promises';
import { designShapeProblems } from '#lib/domain/read-design.ts';
import type { DesignChoices } from '#lib/server/services/plan-study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { OptionSpec } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

const OPTIONS = {
  name: { type: 'text' },
  dataset: { type: 'text' },
  subset: { type: 'text' },
  protocol: { type: 'choice', of: ['single-stimulus', 'double-stimulus', 'multiple-stimulus'] },
  'pairs-per-image': { type: 'integer', min: 1 },
  'groups-per-image': { type: 'integer', min: 1 },
  'no-ties': { type: 'flag' },
  scale: { type: 'choice', of: SCALE_KINDS },
  'group-size': { type: 'integer', min: 2 },
  'trials-per-session': { type: 'integer', min: 1 },
  active: { type: 'flag' },
  exemplars: { type: 'text' },
  training: { type: 'integer', min: 1 },
  gold: { type: 'integer', min: 1 },
  traps: { type: 'integer', min: 1 },
  design: { type: 'text' },
  'difference-as-quality': { type: 'flag' },
  seed: { type: 'integer', min: 0 },
  'if-missing': { type: 'flag' },
  json: { type: 'flag' }
} as const satisfies Record<string, OptionSpec>;

interface StudyDocument {
  study: string;
  version: number;
  designHash: string;
  trials: number;
  plan: Record<string, unknown>;
}

export const study: Command = {
  name: 'study',
  summary: 'study create: plan a study and its trials',
  usage: `limen study create --name N --dataset D [--subset S]
  --protocol single-stimulus|double-stimulus|multiple-stimulus [--pairs-per-image 5] [--groups-per-image 2]
  [--no-ties] [--scale continuous-100|acr-5|acr-9|dcr-5|ccr-7] [--group-size 4] [--trials-per-session K] [--active]
  [--training N] [--gold N] [--traps N] [--design FILE.json]
  [--exemplars a.png,b.png] [--difference-as-quality] [--seed 1] [--if-missing] [--json]`,
  positionals: ['create'],
  options: OPTIONS,
  async run(args, terminal) {
    if (args.positionals[0] !== 'create') {
      throw new BadInput(
        `limen study: there is no ${JSON.stringify(args.positionals[0])}; create is what it does`
      );
    }
    const needed = (name: string): string => {
      const value = args.text(name);
      if (value === undefined) throw new BadInput(`limen study create: --${name} is missing`);
      return value;
    };
    const protocol = needed('protocol') as Protocol;
    const pairs = args.number('pairs-per-image');
    const groups = args.number('groups-per-image');
    const perSession = args.number('trials-per-session');
    const groupSize = args.number('group-size') as GroupSize | undefined;
    const scale = args.text('scale');
    const [training, gold, traps] = ['training', 'gold', 'traps'].map((name) => args.number(name));
    const written = args.text('design') === undefined ? {} : await readDesign(args.text('design') as string);
    const document = (await withLab(terminal, (lab) =>
      lab.call('study-create', {
        name: needed('name'),
        dataset: needed('dataset'),
        subset: args.text('subset') ?? null,
        protocol,
        seed: args.number('seed') ?? 1,
        exemplars: (args.text('exemplars') ?? '')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
        design: {
          ...written,
          ...(pairs === undefined ? {} : { pairsPerImage: pairs }),
          ...(groups === undefined ? {} : { groupsPerImage: groups }),
          ...(perSession === undefined ? {} : { trialsPerSession: perSession }),
          ...(args.flag('active') ? { assignment: 'active' as const } : {}),
          ...(scale === undefined ? {} : { scale: scale as ScaleKind }),
          ...(groupSize === undefined ? {} : { groupSize }),
          ...(training === undefined ? {} : { training: { ...written.training, spread: training } }),
          ...(gold === undefined ? {} : { gold: { ...written.gold, ends: gold } }),
          ...(traps === undefined ? {} : { traps }),
          ...(args.flag('no-ties') ? { allowTies: false } : {})
        },
        differenceAsQuality: args.flag('difference-as-quality'),
        ifMissing: args.flag('if-missing')
      })
    )) as StudyDocument;
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(document)}\n`);
    } else {
      terminal.out(
        `${document.study}: ${document.trials} trials, design ${document.designHash.slice(0, 12)}\n`
      );
      for (const [key, value] of Object.entries(document.plan)) {
        if (typeof value !== 'object' || value === null) terminal.out(`  ${key}: ${String(value)}\n`);
        else if (!Array.isArray(value)) terminal.out(`  ${key}: ${JSON.stringify(value)}\n`);
      }
    }
    return 0;
  }
};

/** A design's fields from a file; options beside it say the same thing louder. */
async function readDesign(file: string): Promise<DesignChoices> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'cannot be read';
    throw new BadInput(why, { file });
  }
  const problems = designShapeProblems(value);
  if (problems.length > 0) throw new BadInput(problems.join('; '), { file });
  return value as DesignChoices;
}
