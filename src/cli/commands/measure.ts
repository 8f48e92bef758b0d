import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BUILT_IN } from '#lib/metrics/catalogue.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { METRIC_FAILURES, type MetricFailure } from '#lib/domain/metric-outcome.ts';
import { textTable } from '../table.ts';

const names = (scenario: string) =>
  BUILT_IN.filter((metric) => metric.scenario === scenario)
    .map(({ name }) => name)
    .join(', ');

export const measure: Command = {
  name: 'measure',
  summary: 'compute metrics over a whole dataset',
  usage: `limen measure DATASET --metrics M,M… [--pristine MODEL] [--json]

Full-reference: ${names('full-reference')}.
No-reference: ${names('no-reference')}.
descriptor gives features of light, colours and edges, for diversity among difficult samples.
Or the name of a model that was added (limen add-model), which may give scores or features.
--metrics all takes every built-in one that the dataset allows (NIQE where there is a pristine model).

What is there already in the present version is not computed again; stopped or killed, the same command goes on.

  --pristine MODEL   what NIQE measures against (limen pristine); needed where there are several
  --json             one JSON document on standard output`,
  positionals: ['DATASET'],
  options: { metrics: { type: 'text' }, pristine: { type: 'text' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const dataset = args.positionals[0] as string;
    const asked = args.text('metrics');
    if (asked === undefined) throw new BadInput('limen measure: --metrics is missing');
    const document = await withLab(terminal, (lab) =>
      lab.call('measure', {
        dataset,
        metrics: asked.split(',').map((name) => name.trim()),
        pristine: args.text('pristine') ?? null,
        here: !lab.remote
      })
    );
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(document)}\n`);
      return 0;
    }
    const rows = [
      ...document.metrics.map(({ name, version, direction, values, failures }) => [
        name,
        version,
        direction === 1 ? 'higher' : 'lower',
        values,
        failures.reduce((sum, { stimuli }) => sum + stimuli, 0)
      ]),
      ...document.features.map(({ name, version, dimension, vectors, failures }) => [
        name,
        version,
        `${dimension} numbers`,
        vectors,
        failures
      ])
    ];
    terminal.out(textTable(['metric', 'version', 'better', 'values', 'none'], rows));
    for (const { name, failures } of document.metrics) {
      for (const { failure, stimuli, example, reason } of failures) {
        const why = reason ?? METRIC_FAILURES[failure as MetricFailure];
        terminal.note(`  ${name}: no value for ${stimuli} (such as ${example}): ${why}`);
      }
    }
    return 0;
  }
};
