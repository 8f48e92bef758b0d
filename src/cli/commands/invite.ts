import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const invite: Command = {
  name: 'invite',
  summary: 'make rater links, one a line',
  usage: `limen invite STUDY [--count 1] [--open] [--json]

A link is one person's: it finds their place again from any browser. --open makes links that anybody with them may use,
each browser its own sitting.`,
  positionals: ['STUDY'],
  options: {
    count: { type: 'integer', min: 1, max: 10_000 },
    open: { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const links = await withLab(terminal, async (lab) => {
      const tokens = await lab.call('invite', {
        study: args.positionals[0] as string,
        count: args.number('count') ?? 1,
        open: args.flag('open')
      });
      return tokens.map((token) => `${lab.origin}/r/${token}`);
    });
    terminal.out(args.flag('json') ? `${JSON.stringify({ links })}\n` : `${links.join('\n')}\n`);
    return 0;
  }
};
