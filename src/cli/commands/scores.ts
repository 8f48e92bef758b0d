import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export const scores: Command = {
  name: 'scores',
  summary: 'take in scores that were computed elsewhere',
  usage: `limen scores DATASET FILE --higher-is-better | --lower-is-better [M,M…] [--json]

FILE: a CSV or Parquet table with the columns stimulus,metric,value, or stimulus and a column a metric. A stimulus goes by its
name in the dataset, or by its file name where only one has it. An empty cell is a missing value; the first row that cannot
be used is named, and nothing of the file is kept. Say which end is better: --higher-is-better for all metrics of the
file, --lower-is-better all for none of them, or name those that are lower.

  --lower-is-better LPIPS,DISTS   these are; the others are higher
  --json                          one JSON document on standard output`,
  positionals: ['DATASET', 'FILE'],
  options: {
    'higher-is-better': { type: 'flag' },
    'lower-is-better': { type: 'text' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const [dataset, file] = args.positionals as [string, string];
    const lower = args.text('lower-is-better');
    if (args.flag('higher-is-better') === (lower !== undefined)) {
      throw new BadInput(
        'limen scores: say --higher-is-better, or --lower-is-better with the metrics (or all)'
      );
    }
    const report = await withLab(terminal, (lab) =>
      lab.call('scores', {
        dataset,
        file: { path: resolvePath(file), label: file },
        lowerIsBetter: lower === 'all' ? 'all' : (lower?.split(',').map((name) => name.trim()) ?? [])
      })
    );
    if (args.flag('json')) terminal.out(`${JSON.stringify(report)}\n`);
    else {
      for (const { name, direction, values, missing, alreadyThere } of report.metrics) {
        const better = direction === 1 ? 'higher is better' : 'lower is better';
        terminal.out(
          `${name}: ${values} values, ${missing} stimuli without one, ${better}${alreadyThere ? ' (there already)' : ''}\n`
        );
      }
    }
    return 0;
  }
};
