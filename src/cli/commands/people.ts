import type { ParsedArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

export const people: Command = {
  name: 'people',
  summary: 'who sat a study, payable and usable; withdraw a person',
  usage: `limen people STUDY [--participants] [--json]
limen people STUDY --withdraw SESSION [--json]

Every sitting with how far it came, how it ended, and whether it is payable and usable by the study's own rules, with the
figures that say why. Nothing of it is stored: it is worked out from the answers each time.

  --participants  with their names at the service that sent them: to pay them, never to publish
  --withdraw      delete what the sitting of this number brought: answers, presentations, what its browser said of itself.
                  That somebody sat, and that it was deleted, stays. It cannot be undone`,
  positionals: ['STUDY'],
  options: {
    participants: { type: 'flag' },
    withdraw: { type: 'integer', min: 1 },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const study = args.positionals[0] as string;
    const session = args.number('withdraw');
    const show = (document: unknown, text: string) =>
      terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : text);
    if (session !== undefined) {
      const done = await withLab(terminal, (lab) => lab.call('withdraw', { study, session }));
      show(
        done,
        done.already
          ? `sitting ${session} was withdrawn before; nothing was left to delete\n`
          : `sitting ${session} is withdrawn: ${done.deleted} ${done.deleted === 1 ? 'answer' : 'answers'} deleted\n`
      );
      return 0;
    }
    const sittings = await withLab(terminal, (lab) =>
      lab.call('people', { study, participants: args.flag('participants') })
    );
    show(sittings, sittings.length === 0 ? `nobody has sat ${study} yet\n` : table(sittings, args));
    return 0;
  }
};

type Row = { readonly [name: string]: unknown };

function table(sittings: readonly Row[], args: ParsedArguments): string {
  const text = (value: unknown) => (value === null || value === undefined ? '' : String(value));
  const named = args.flag('participants');
  const rows = sittings.map((one) => [
    Number(one['session']),
    text(one['observer']) + (one['kind'] === 'synthetic' ? ' (simulated)' : ''),
    ...(named ? [text(one['participant'])] : []),
    text(one['ending'] ?? one['state']),
    `${text(one['answered'])} of ${text(one['total'])}`,
    text(one['payable'] ?? 'not yet'),
    text(one['usable'] ?? 'not yet'),
    [text(one['payableWhy']), text(one['usableWhy'])].filter((why) => why !== '').join('; ')
  ]);
  const header = ['session', 'observer', ...(named ? ['participant'] : []), 'outcome', 'answered'];
  return textTable([...header, 'payable', 'usable', 'why'], rows);
}
