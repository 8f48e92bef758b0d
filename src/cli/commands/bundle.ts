import { BadInput } from '#lib/server/tables/bad-input.ts';
import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const bundle: Command = {
  name: 'bundle',
  summary: 'write a whole study into one file that another lab can take in',
  usage: `limen bundle STUDY --out FILE.zip [--pictures] [--json]

The file holds the design, seeds and versions, the stimuli by their SHA-256, every vote as it was given, every raw
completion, the figures that follow, and the commands that get them again (limen reproduce FILE.zip). --pictures puts
the stimuli's own files in.`,
  positionals: ['STUDY'],
  options: {
    out: { type: 'text' },
    pictures: { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const out = args.text('out');
    if (out === undefined) throw new BadInput('limen bundle: --out is missing');
    const document = await withLab(terminal, (lab) =>
      lab.call('bundle', {
        study: args.positionals[0] as string,
        out: resolvePath(out),
        pictures: args.flag('pictures')
      })
    );
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : `${document.file}\n`);
    return 0;
  }
};
