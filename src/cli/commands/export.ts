import { BadInput } from '#lib/server/tables/bad-input.ts';
import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: "write a study's data to files",
  usage: `limen export STUDY --what responses|scores|agreement|design|prompts|completions|all
                   --format csv|json|jsonl|parquet --out PATH
limen export STUDY --format psych-ds|sureal|sureal-matrix|pwcmp|pyiqa|latex --out PATH

With --what all, PATH is a folder. The second form writes the whole study as one file that another program reads:
psych-ds a zip, sureal a dataset module (sureal-matrix its table of ratings), pwcmp votes, pyiqa scores, latex the
agreement as a booktabs table.`,
  positionals: ['STUDY'],
  options: {
    what: {
      type: 'choice',
      of: ['responses', 'sittings', 'scores', 'agreement', 'design', 'prompts', 'completions', 'all']
    },
    format: {
      type: 'choice',
      of: [
        'csv',
        'json',
        'jsonl',
        'parquet',
        'psych-ds',
        'sureal',
        'sureal-matrix',
        'pwcmp',
        'pyiqa',
        'latex'
      ]
    },
    out: { type: 'text' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const out = args.text('out');
    if (out === undefined) throw new BadInput('limen export: --out is missing');
    const document = await withLab(terminal, (lab) =>
      lab.call('export', {
        study: args.positionals[0] as string,
        what: (args.text('what') ?? 'all') as 'all',
        format: (args.text('format') ?? 'csv') as 'csv',
        out: resolvePath(out)
      })
    );
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : `${document.files.join('\n')}\n`);
    return 0;
  }
};
