import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import type { Grid } from '#lib/server/services/run/plan-grid.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

export const grid: Command = {
  name: 'grid',
  summary: 'let models sit studies under several strategies, all in one go',
  usage: `limen grid --studies A,B,… --models M,N,… [--strategies standard,chain-of-thought,in-context]
  [--readout text|json|logprobs] [--repeats 1] [--both-orders] [--batch] [--max-cost USD] [--max-total-tokens N] [--stop-at-cap]
  [--estimate] [--json]

Every registered model sits every study under every strategy; what has been run already is left alone. --estimate only
says what it would ask for. The cap is one for all runs together; an estimate above it is refused without
--stop-at-cap. Exits 0 when all are complete, 3 when the cap stopped
one, 1 when one stopped otherwise.`,
  positionals: [],
  options: {
    studies: { type: 'text' },
    models: { type: 'text' },
    strategies: { type: 'text' },
    readout: { type: 'choice', of: ['text', 'json', 'logprobs'] },
    repeats: { type: 'integer', min: 1, max: 100 },
    'both-orders': { type: 'flag' },
    batch: { type: 'flag' },
    'max-cost': { type: 'number', exclusiveMin: 0 },
    'max-total-tokens': { type: 'integer', min: 1 },
    'stop-at-cap': { type: 'flag' },
    estimate: { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const list = (name: string): string[] => {
      const value = args.text(name);
      if (value === undefined) throw new BadInput(`limen grid: --${name} is missing`);
      return value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    };
    const estimateOnly = args.flag('estimate');
    const choice = {
      studies: list('studies'),
      models: list('models'),
      strategies: (args.text('strategies') === undefined
        ? [...STRATEGIES]
        : list('strategies')) as Strategy[],
      readout: (args.text('readout') ?? 'text') as 'text',
      repeats: args.number('repeats') ?? 1,
      bothOrders: args.flag('both-orders'),
      batch: args.flag('batch'),
      maxCost: args.number('max-cost') ?? null,
      maxTotalTokens: args.number('max-total-tokens') ?? null
    };
    const document = await withLab(terminal, (lab) =>
      lab.call('grid', {
        choice,
        estimateOnly,
        stopAtCap: args.flag('stop-at-cap'),
        here: !lab.remote
      })
    );
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : shown(document, estimateOnly));
    if (estimateOnly) return 0;
    const states = document.cells.flatMap(({ run }) => (run === null ? [] : [run.state]));
    if (states.includes('capped')) return 3;
    return states.every((state) => state === 'completed') ? 0 : 1;
  }
};

function shown({ cells, totals }: Grid, estimateOnly: boolean): string {
  const table = textTable(
    ['study', 'model', 'strategy', 'state', 'requests', 'US dollars'],
    cells.map((cell) => [
      cell.study,
      cell.model,
      cell.strategy,
      cell.run?.state ?? cell.problem ?? 'to be run',
      cell.run?.presentations ?? cell.estimate?.requests ?? null,
      cell.run?.cost ?? cell.estimate?.cost ?? null
    ])
  );
  if (!estimateOnly) return table;
  const cost = totals.cost === null ? 'not every model has a price' : `${totals.cost.toFixed(2)} US dollars`;
  return (
    `${table}to be run: ${totals.runs} runs, ${totals.requests} requests with ${totals.pictures} pictures; about ` +
    `${totals.tokensIn} tokens in and ${totals.tokensOut} out; ${cost}; ${Math.ceil(totals.ms / 60_000)} min at the given limits\n`
  );
}
