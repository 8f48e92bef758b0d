import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

export const reparse: Command = {
  name: 'reparse',
  summary: 'read stored completions again with the parser as it is now',
  usage: `limen reparse STUDY [--apply] [--json]

Says what would change; --apply writes it and keeps what was there before. Nothing is asked again.`,
  positionals: ['STUDY'],
  options: { apply: { type: 'flag' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const apply = args.flag('apply');
    const reports = await withLab(terminal, (lab) =>
      lab.call('reparse', { study: args.positionals[0] as string, apply })
    );
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(reports)}\n`);
      return 0;
    }
    terminal.out(
      textTable(
        ['run', 'observer', 'checked', apply ? 'changed' : 'would change', 'which'],
        reports.map(({ run, observer, checked, changed, kinds }) => [
          run,
          observer,
          checked,
          changed,
          Object.entries(kinds)
            .map(([kind, n]) => `${kind}: ${n}`)
            .join('; ')
        ])
      )
    );
    if (!apply && reports.some(({ changed, reworded }) => changed + reworded > 0)) {
      terminal.note('limen reparse: nothing was written; --apply does');
    }
    return 0;
  }
};
