import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export const features: Command = {
  name: 'features',
  summary: 'take in feature vectors that were computed elsewhere',
  usage: `limen features DATASET FILE --name N [--json]

FILE: a CSV or Parquet table with the column stimulus and a column a number, or one column of lists. References may be among
the stimuli. The first row that cannot be used is named, and nothing of the file is kept. Numbers are kept as 32-bit floats.

  --json   one JSON document on standard output`,
  positionals: ['DATASET', 'FILE'],
  options: { name: { type: 'text' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const [dataset, file] = args.positionals as [string, string];
    const name = args.text('name');
    if (name === undefined) throw new BadInput('limen features: --name is missing');
    const report = await withLab(terminal, (lab) =>
      lab.call('features', { dataset, file: { path: resolvePath(file), label: file }, name })
    );
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(report)}\n`
        : `${report.name}: ${report.vectors} vectors of ${report.dimension} numbers, ${report.missing} stimuli without one${report.alreadyThere ? ' (there already)' : ''}\n`
    );
    return 0;
  }
};
