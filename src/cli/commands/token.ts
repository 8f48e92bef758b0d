import { SCOPE_SAYS, SCOPES } from '#lib/domain/token-scopes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

export const token: Command = {
  name: 'token',
  summary: 'token create, list, revoke: what lets programs in',
  usage: `limen token create --name N [--scopes read,write] [--days D] [--for EMAIL] [--json]
limen token list [--json]
limen token revoke --id ID [--json]

A token lets a program use this lab's API (/api/v1) and limen --server. It is printed once, alone on standard output, and
only its hash is kept. --scopes are ${SCOPES.join(', ')} (default read):
${SCOPES.map((scope) => `  ${scope.padEnd(7)} ${SCOPE_SAYS[scope]}`).join('\n')}
--days ends it after so many days; --for says whose it is.`,
  positionals: ['create|list|revoke'],
  options: {
    name: { type: 'text' },
    scopes: { type: 'text' },
    days: { type: 'integer', min: 1 },
    for: { type: 'text' },
    id: { type: 'integer', min: 1 },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const action = args.positionals[0] as string;
    const show = (document: unknown, text: string) =>
      terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : text);
    refuseStray(action, args);
    if (action === 'create') {
      const name = args.text('name');
      if (name === undefined) throw new BadInput('limen token create: --name is missing');
      const email = args.text('for');
      const made = await withLab(terminal, (lab) =>
        lab.call('token-create', {
          name,
          scopes: (args.text('scopes') ?? 'read').split(','),
          days: args.number('days') ?? null,
          researcher: email === undefined ? null : { email }
        })
      );
      if (!args.flag('json')) {
        terminal.note(`${made.token.name} (${made.token.scopes.join(', ')}), shown only now:`);
      }
      show({ ...made.token, secret: made.secret }, `${made.secret}\n`);
      return 0;
    }
    if (action === 'list') {
      const all = await withLab(terminal, (lab) => lab.call('tokens', {}));
      const rows = all.map((one) => [
        String(one.id),
        one.name,
        one.scopes.join(','),
        day(one.createdAt),
        one.lastUsedAt === null ? 'never' : day(one.lastUsedAt),
        one.revokedAt === null ? (one.expiresAt === null ? '' : day(one.expiresAt)) : 'revoked'
      ]);
      show(
        all,
        all.length === 0
          ? 'there is no token; limen token create makes one\n'
          : textTable(['id', 'name', 'scopes', 'made', 'used', 'ends'], rows)
      );
      return 0;
    }
    const id = args.number('id');
    if (id === undefined) throw new BadInput('limen token revoke: --id is missing');
    const revoked = await withLab(terminal, (lab) => lab.call('token-revoke', { id }));
    show(revoked, `${revoked.name} is revoked\n`);
    return 0;
  }
};

const OF_ACTION: Record<string, readonly string[]> = {
  create: ['name', 'scopes', 'days', 'for'],
  list: [],
  revoke: ['id']
};

function refuseStray(action: string, args: ParsedArguments): void {
  const taken = Object.hasOwn(OF_ACTION, action) ? OF_ACTION[action] : undefined;
  if (taken === undefined) {
    throw new BadInput(
      `limen token: there is no ${JSON.stringify(action)}; create, list and revoke are there`
    );
  }
  const stray = ['name', 'scopes', 'days', 'for', 'id'].find(
    (name) => !taken.includes(name) && args.text(name) !== undefined
  );
  if (stray !== undefined) throw new BadInput(`limen token ${action} takes no --${stray}`);
}

/** "2026-03-05"; through a server an instant comes as text. */
function day(instant: Date | string): string {
  return new Date(instant).toISOString().slice(0, 10);
}
