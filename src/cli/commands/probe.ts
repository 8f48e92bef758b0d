import { PROBE_PRESETS } from '#lib/domain/probes/probe.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const probe: Command = {
  name: 'probe',
  summary: 'a free question about chosen pictures, to several models',
  usage: `limen probe NAME --dataset D --stimuli a.png,b.png (--preset ${PROBE_PRESETS.map(({ id }) => id).join('|')} | --prompt TEXT [--each])
  --models M[,M2…] --base-url URL [--api-key-env NAME] [--temperature T] [--max-tokens N] [--json]
limen probe NAME --models M --base-url URL    puts a probe that exists to further models
limen probe NAME                              shows its answers

In a prompt <ImageHere> stands for a picture, in order. --each asks about every picture by itself.`,
  positionals: ['NAME'],
  options: {
    dataset: { type: 'text' },
    stimuli: { type: 'text' },
    preset: { type: 'choice', of: PROBE_PRESETS.map(({ id }) => id) },
    prompt: { type: 'text' },
    each: { type: 'flag' },
    models: { type: 'text' },
    'base-url': { type: 'text' },
    'api-key-env': { type: 'text' },
    temperature: { type: 'number', min: 0 },
    'max-tokens': { type: 'integer', min: 1 },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const list = (name: string) =>
      (args.text(name) ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    const preset = PROBE_PRESETS.find(({ id }) => id === args.text('preset')) ?? null;
    const prompt = args.text('prompt') ?? preset?.prompt;
    const dataset = args.text('dataset');
    if (dataset !== undefined && prompt === undefined)
      throw new BadInput('limen probe: --preset or --prompt is missing');
    if (dataset === undefined && (prompt !== undefined || args.text('stimuli') !== undefined))
      throw new BadInput('limen probe: --dataset is missing');
    const baseUrl = args.text('base-url');
    const models = list('models');
    if (models.length > 0 && baseUrl === undefined) throw new BadInput('limen probe: --base-url is missing');
    const apiKeyEnv = args.text('api-key-env') ?? null;
    const key = apiKeyEnv === null ? null : (process.env[apiKeyEnv] ?? null);
    const shown = await withLab(terminal, (lab) =>
      lab.call('probe', {
        name: args.positionals[0] as string,
        create:
          dataset === undefined
            ? null
            : {
                preset: preset?.id ?? null,
                prompt: prompt ?? '',
                each: args.flag('each') || (preset?.each ?? false),
                dataset,
                stimuli: list('stimuli')
              },
        ask: {
          models: models.map((model) => ({ model, baseUrl: baseUrl ?? '', apiKeyEnv })),
          temperature: args.number('temperature') ?? null,
          maxTokens: args.number('max-tokens') ?? null
        },
        apiKey: lab.remote ? key : null
      })
    );
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(shown)}\n`);
      return 0;
    }
    terminal.out(`${shown.prompt}\n`);
    for (const { picture, answers } of shown.rows) {
      const name = picture === null ? null : shown.pictures[picture]?.name;
      answers.forEach((answer, column) => {
        const head = [shown.models[column]?.model, name].filter((part) => part != null).join(' · ');
        const said = answer?.failure ?? answer?.refusal ?? answer?.content ?? '(not asked)';
        terminal.out(`\n${head}${answer?.simulated ? ' (simulated)' : ''}\n${said}\n`);
      });
    }
    return shown.rows.some(({ answers }) => answers.some((answer) => answer?.state === 'failed')) ? 1 : 0;
  }
};
