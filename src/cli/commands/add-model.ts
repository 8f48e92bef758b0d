import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export const addModel: Command = {
  name: 'add-model',
  summary: 'bring a learned metric or encoder as an ONNX file',
  usage: `limen add-model NAME --onnx FILE --description FILE [--json]

The description is a JSON that says what the network wants and gives: docs/learned-metrics.md. The network is loaded, and its
inputs and outputs are held against the description, before anything is kept. Needs onnxruntime-node or onnxruntime-web.

  --json   one JSON document on standard output`,
  positionals: ['NAME'],
  options: { onnx: { type: 'text' }, description: { type: 'text' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const name = args.positionals[0] as string;
    const onnx = args.text('onnx');
    const description = args.text('description');
    if (onnx === undefined) throw new BadInput('limen add-model: --onnx is missing');
    if (description === undefined) throw new BadInput('limen add-model: --description is missing');
    const document = await withLab(terminal, (lab) =>
      lab.call('add-model', {
        name,
        model: { path: resolvePath(onnx), label: onnx },
        description: { path: resolvePath(description), label: description }
      })
    );
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(document)}\n`
        : `${name} is there; limen measure DATASET --metrics ${JSON.stringify(name)} computes it\n`
    );
    return 0;
  }
};
