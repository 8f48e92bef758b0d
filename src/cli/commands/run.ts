import { RUN_DEFAULTS } from '#lib/server/services/run/start-run.ts';
import type { RunDocument } from '#lib/server/services/run/describe-run.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const run: Command = {
  name: 'run',
  summary: 'let a model sit a study',
  usage: `limen run STUDY --model M [--base-url URL] --strategy standard|chain-of-thought|in-context
  [--api-key-env NAME] [--readout text|json|logprobs] [--concurrency 8] [--rpm R] [--tpm T] [--temperature T] [--max-tokens N]
  [--detail auto|low|high] [--repeats 1] [--both-orders] [--mass 0.5] [--replay] [--batch] [--timeout SECONDS] [--max-cost USD --price-in P --price-out P]
  [--max-total-tokens N] [--resume] [--json]
limen run STUDY --control random-answers
limen run STUDY --control shuffled-images --model M …

Without --base-url M is a registered model (limen models), which brings its key, prices, parameters and limits.
Exits 0 when every trial has its outcome, 3 when the cap stopped it, 1 when it stopped otherwise. --resume goes on. --replay
answers what was asked before (same endpoint, model, parameters, words, pictures, repeat) from the stored completions.
--batch hands the requests over by the endpoint's Batch API: half the given price, answers within a day.
Controls must find nothing: random answers ask nobody, shuffled images show every stimulus in another's place.`,
  positionals: ['STUDY'],
  options: {
    model: { type: 'text' },
    'base-url': { type: 'text' },
    strategy: { type: 'choice', of: ['standard', 'chain-of-thought', 'in-context'] },
    'api-key-env': { type: 'text' },
    readout: { type: 'choice', of: ['text', 'json', 'logprobs'] },
    mass: { type: 'number', exclusiveMin: 0, max: 1 },
    control: { type: 'choice', of: ['random-answers', 'shuffled-images'] },
    replay: { type: 'flag' },
    batch: { type: 'flag' },
    concurrency: { type: 'integer', min: 1, max: 512 },
    rpm: { type: 'number', exclusiveMin: 0 },
    tpm: { type: 'number', exclusiveMin: 0 },
    temperature: { type: 'number', min: 0 },
    'max-tokens': { type: 'integer', min: 1 },
    detail: { type: 'choice', of: ['auto', 'low', 'high'] },
    repeats: { type: 'integer', min: 1, max: 100 },
    'both-orders': { type: 'flag' },
    timeout: { type: 'number', exclusiveMin: 0, max: 3600 },
    'max-cost': { type: 'number', exclusiveMin: 0 },
    'max-total-tokens': { type: 'integer', min: 1 },
    'price-in': { type: 'number', min: 0 },
    'price-out': { type: 'number', min: 0 },
    resume: { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const control = (args.text('control') ?? null) as 'random-answers' | 'shuffled-images' | null;
    const needed = (name: string): string => {
      const value = control === 'random-answers' ? (args.text(name) ?? '') : args.text(name);
      if (value === undefined) throw new BadInput(`limen run: --${name} is missing`);
      return value;
    };
    const keyName = args.text('api-key-env') ?? null;
    const timeout = args.number('timeout');
    const document = await withLab(terminal, async (lab) => {
      if (lab.elsewhere && keyName !== null) {
        throw new BadInput(
          'limen run: a lab elsewhere has its own keys: --api-key-env does not go with --server'
        );
      }
      const key = keyName === null ? null : (process.env[keyName] ?? null);
      if (keyName !== null && (key === null || key === '')) {
        throw new BadInput(`limen run: the environment variable ${keyName} is not set`);
      }
      // Without an address the model is one that is registered, and brings what is not said here.
      const registered =
        args.text('base-url') === undefined && control !== 'random-answers'
          ? await lab.call('model-options', { name: needed('model') })
          : null;
      const base = { ...RUN_DEFAULTS, ...registered };
      return lab.call('run', {
        ...base,
        study: args.positionals[0] as string,
        model: registered?.model ?? needed('model'),
        baseUrl: registered?.baseUrl ?? needed('base-url'),
        strategy: needed('strategy') as 'standard',
        apiKeyEnv: keyName ?? base.apiKeyEnv,
        readout: (args.text('readout') ?? 'text') as 'text',
        massThreshold: args.number('mass') ?? null,
        control,
        replay: args.flag('replay'),
        batch: args.flag('batch'),
        concurrency: args.number('concurrency') ?? base.concurrency,
        requestsPerMinute: args.number('rpm') ?? base.requestsPerMinute,
        tokensPerMinute: args.number('tpm') ?? base.tokensPerMinute,
        temperature: args.number('temperature') ?? base.temperature,
        maxTokens: args.number('max-tokens') ?? base.maxTokens,
        imageDetail: args.text('detail') ?? base.imageDetail,
        repeats: args.number('repeats') ?? 1,
        bothOrders: args.flag('both-orders'),
        timeoutMs: timeout === undefined ? base.timeoutMs : Math.round(timeout * 1000),
        maxCost: args.number('max-cost') ?? null,
        maxTotalTokens: args.number('max-total-tokens') ?? null,
        priceIn: args.number('price-in') ?? base.priceIn,
        priceOut: args.number('price-out') ?? base.priceOut,
        resume: args.flag('resume'),
        // A server has not this shell's environment: the key goes along, and is kept in its memory alone.
        apiKey: lab.remote ? key : null,
        here: !lab.remote
      });
    });
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : summary(document));
    if (document.state === 'capped') {
      terminal.note(
        `limen run: stopped at the cap (${document.reason ?? ''}); raise the cap and go on with --resume`
      );
      return 3;
    }
    if (document.state === 'completed') return 0;
    terminal.note(`limen run: ${document.state}${document.reason === null ? '' : `: ${document.reason}`}`);
    return 1;
  }
};

function summary(document: RunDocument): string {
  const outcomes = Object.entries(document.outcomes)
    .map(([outcome, n]) => `  ${outcome}: ${n}\n`)
    .join('');
  const cost = document.cost === null ? '' : `, ${document.cost.toFixed(4)} US dollars`;
  return (
    `${document.observer} on ${document.study}: ${document.state}, ${document.answered} of ${document.presentations}\n` +
    `${outcomes}  tokens: ${document.tokensIn} in, ${document.tokensOut} out${cost}\n`
  );
}
