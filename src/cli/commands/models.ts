import { ENDPOINT_PRESETS } from '#lib/domain/endpoints.ts';
import { RUN_DEFAULTS } from '#lib/server/services/run/start-run.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

export const models: Command = {
  name: 'models',
  summary: 'models add, list, remove: the models that runs can be started with',
  usage: `limen models list [--json]
limen models add --name N --model M (--base-url URL | --preset openai|vllm|ollama|lm-studio|openrouter|gemini|anthropic)
  [--api-key-env NAME | --store-key-from NAME] [--temperature T] [--top-p P] [--max-tokens N] [--seed S] [--effort E]
  [--detail auto|low|high] [--price-in P] [--price-out P] [--batch-price-in P] [--batch-price-out P] [--rpm R] [--tpm T]
  [--concurrency 8] [--timeout SECONDS] [--json]
limen models remove --name N

--store-key-from takes the key out of this shell's variable NAME and stores it encrypted; --api-key-env stores only the
variable's name, and the key is taken from it where a run is worked on. limen run STUDY --model N uses a registered model.`,
  positionals: ['list|add|remove'],
  options: {
    name: { type: 'text' },
    model: { type: 'text' },
    'base-url': { type: 'text' },
    preset: { type: 'text' },
    'api-key-env': { type: 'text' },
    'store-key-from': { type: 'text' },
    temperature: { type: 'number', min: 0 },
    'top-p': { type: 'number', exclusiveMin: 0, max: 1 },
    'max-tokens': { type: 'integer', min: 1 },
    seed: { type: 'integer', min: 0 },
    effort: { type: 'text' },
    detail: { type: 'choice', of: ['auto', 'low', 'high'] },
    'price-in': { type: 'number', min: 0 },
    'price-out': { type: 'number', min: 0 },
    'batch-price-in': { type: 'number', min: 0 },
    'batch-price-out': { type: 'number', min: 0 },
    rpm: { type: 'number', exclusiveMin: 0 },
    tpm: { type: 'number', exclusiveMin: 0 },
    concurrency: { type: 'integer', min: 1, max: 512 },
    timeout: { type: 'number', exclusiveMin: 0, max: 3600 },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const action = args.positionals[0] as string;
    const needed = (name: string): string => {
      const value = args.text(name);
      if (value === undefined) throw new BadInput(`limen models ${action}: --${name} is missing`);
      return value;
    };
    const show = (document: unknown, text: string) =>
      terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : text);
    if (action === 'list') {
      const all = await withLab(terminal, (lab) => lab.call('models', {}));
      const rows = all.map((one) => [
        one.name,
        one.model,
        one.baseUrl,
        one.apiKeyEnv ?? (one.hasStoredKey ? '(stored)' : '(none)')
      ]);
      show(
        all,
        all.length === 0
          ? 'no model is registered; limen models add does it\n'
          : textTable(['name', 'model', 'endpoint', 'key'], rows)
      );
      return 0;
    }
    if (action === 'remove') {
      const name = needed('name');
      show(await withLab(terminal, (lab) => lab.call('model-remove', { name })), `${name} is removed\n`);
      return 0;
    }
    if (action !== 'add')
      throw new BadInput(
        `limen models: there is no ${JSON.stringify(action)}; list, add and remove are there`
      );
    const preset = presetNamed(args.text('preset'));
    const from = args.text('store-key-from');
    const key = from === undefined ? null : (process.env[from] ?? '');
    if (key === '') throw new BadInput(`limen models add: the environment variable ${from} is not set`);
    const timeout = args.number('timeout');
    const options = {
      name: needed('name'),
      model: needed('model'),
      baseUrl: args.text('base-url') ?? preset?.baseUrl ?? needed('base-url'),
      apiKeyEnv: args.text('api-key-env') ?? (key === null ? (preset?.apiKeyEnv ?? null) : null),
      decoding: {
        temperature: args.number('temperature') ?? null,
        topP: args.number('top-p') ?? null,
        maxTokens: args.number('max-tokens') ?? null,
        seed: args.number('seed') ?? null,
        reasoningEffort: args.text('effort') ?? null
      },
      imageDetail: args.text('detail') ?? null,
      priceIn: args.number('price-in') ?? null,
      priceOut: args.number('price-out') ?? null,
      batchPriceIn: args.number('batch-price-in') ?? null,
      batchPriceOut: args.number('batch-price-out') ?? null,
      requestsPerMinute: args.number('rpm') ?? null,
      tokensPerMinute: args.number('tpm') ?? null,
      concurrency: args.number('concurrency') ?? RUN_DEFAULTS.concurrency,
      timeoutMs: timeout === undefined ? RUN_DEFAULTS.timeoutMs : Math.round(timeout * 1000)
    };
    const made = await withLab(terminal, (lab) => lab.call('model-add', { options, key }));
    show(made, `${made.name} is registered\n`);
    return 0;
  }
};

/** "lm-studio" is LM Studio, "gemini" Gemini (OpenAI-compatible). */
function presetNamed(name: string | undefined) {
  if (name === undefined) return null;
  const short = (text: string) =>
    text
      .toLowerCase()
      .replace(/ \(.*$/, '')
      .replaceAll(' ', '-');
  const preset = ENDPOINT_PRESETS.find((one) => short(one.name) === name.toLowerCase());
  if (!preset) {
    const all = ENDPOINT_PRESETS.map((one) => short(one.name)).join(', ');
    throw new BadInput(`limen models add: there is no preset ${JSON.stringify(name)}; there are ${all}`);
  }
  return preset;
}
