import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export const subset: Command = {
  name: 'subset',
  summary: 'choose stimuli out of a dataset',
  usage: 'limen subset DATASET --name N --method all|uniform [-n N] [--if-missing] [--json]',
  positionals: ['DATASET'],
  options: {
    name: { type: 'text' },
    method: { type: 'choice', of: ['all', 'uniform'] },
    n: { type: 'integer', min: 1 },
    'if-missing': { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const dataset = args.positionals[0] as string;
    const name = args.text('name');
    const method = args.text('method');
    const n = args.number('n');
    if (name === undefined) throw new BadInput('limen subset: --name is missing');
    if (method === undefined) throw new BadInput('limen subset: --method is missing');
    if (method === 'uniform' && n === undefined)
      throw new BadInput('limen subset: --method uniform needs -n');
    if (method === 'all' && n !== undefined) throw new BadInput('limen subset: --method all takes no -n');
    const ifMissing = args.flag('if-missing');
    const document = (await withLab(terminal, (lab) =>
      lab.call(
        'subset',
        method === 'uniform'
          ? { dataset, name, method: 'uniform', n: n as number, ifMissing }
          : { dataset, name, method: 'all', ifMissing }
      )
    )) as { subset: string; size: number };
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(document)}\n`
        : `${document.subset}: ${document.size} stimuli of ${dataset}\n`
    );
    return 0;
  }
};
