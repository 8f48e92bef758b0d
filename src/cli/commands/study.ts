import { SCALE_KINDS, type GroupSize, type Protocol, type ScaleKind } from '#lib/domain/study.ts';
import { readFile } from 'node:fs/promises';
import { designShapeProblems } from '#lib/domain/read-design.ts';
import type { DesignChoices } from '#lib/server/services/plan-study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { OptionSpec } from '../arguments.ts';
import type { Command } from '../command.ts';
import { PREREGISTER_OPTIONS, preregister } from './preregister.ts';
import { withLab } from '../lab-access.ts';

const OPTIONS = {
  ...PREREGISTER_OPTIONS,
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
  summary: 'study create, preregister: plan a study and its trials, freeze how it is analysed',
  usage: `limen study create --name N --dataset D [--subset S]
  --protocol single-stimulus|double-stimulus|multiple-stimulus [--pairs-per-image 5] [--groups-per-image 2]
  [--no-ties] [--scale continuous-100|acr-5|acr-9|dcr-5|ccr-7] [--group-size 4] [--trials-per-session K] [--active]
  [--training N] [--gold N] [--traps N] [--design FILE.json]
  [--exemplars a.png,b.png] [--difference-as-quality] [--seed 1] [--if-missing] [--json]
limen study preregister STUDY [--primary srcc|plcc|krcc] [--against mos|people] [--replicates 1000] [--analysis-seed 1]
  [--people N] [--models a,b] [--notes TEXT] [--by WHO] [--json]

preregister freezes design, rules of exclusion and analysis before anybody has looked at what people answered, and prints
the SHA-256 of the text that says so (--json: the text too). It stands.`,
  positionals: ['create|preregister', '[STUDY]'],
  options: OPTIONS,
  async run(args, terminal) {
    const [action, named] = args.positionals;
    if (action === 'preregister') {
      if (named === undefined) throw new BadInput('limen study preregister: STUDY is missing');
      return preregister(named, args, terminal);
    }
    if (action !== 'create') {
      throw new BadInput(
        `limen study: there is no ${JSON.stringify(args.positionals[0])}; create and preregister are what it does`
      );
    }
    if (named !== undefined)
      throw new BadInput(`limen study create: one argument too many: ${JSON.stringify(named)}`);
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
