import { userInfo } from 'node:os';
import type { AnalysisChoices } from '#lib/domain/registration/registration.ts';
import type { OptionSpec, ParsedArguments } from '../arguments.ts';
import type { Terminal } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const PREREGISTER_OPTIONS = {
  primary: { type: 'choice', of: ['srcc', 'plcc', 'krcc'] },
  against: { type: 'choice', of: ['mos', 'people'] },
  replicates: { type: 'integer', min: 100 },
  'analysis-seed': { type: 'integer', min: 0 },
  people: { type: 'integer', min: 1 },
  models: { type: 'text' },
  notes: { type: 'text' },
  by: { type: 'text' }
} as const satisfies Record<string, OptionSpec>;

/** `limen study preregister STUDY`: the hash alone on standard output, or with --json the text that it is of. */
export async function preregister(study: string, args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [replicates, seed, people] = ['replicates', 'analysis-seed', 'people'].map((name) =>
    args.number(name)
  );
  const models = args.text('models');
  const notes = args.text('notes');
  const primary = args.text('primary') as AnalysisChoices['primaryFigure'] | undefined;
  const against = args.text('against') as AnalysisChoices['against'] | undefined;
  const document = await withLab(terminal, (lab) =>
    lab.call('study-preregister', {
      study,
      by: args.text('by') ?? userInfo().username,
      choices: {
        ...(primary === undefined ? {} : { primaryFigure: primary }),
        ...(against === undefined ? {} : { against }),
        ...(replicates === undefined ? {} : { replicates }),
        ...(seed === undefined ? {} : { seed }),
        ...(people === undefined ? {} : { people }),
        ...(models === undefined ? {} : { models: models.split(',').map((name) => name.trim()) }),
        ...(notes === undefined ? {} : { notes })
      }
    })
  );
  terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : `${document.sha256}\n`);
  return 0;
}
