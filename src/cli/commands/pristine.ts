import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export const pristine: Command = {
  name: 'pristine',
  summary: "fit NIQE's pristine model from undistorted pictures",
  usage: `limen pristine NAME --dataset D [--subset S | --all] | --folder DIR [--json]

Fits what NIQE measures against from pictures that you name: the references of a dataset, one of its subsets, all of its
pictures, or a folder. They should be undistorted; the metric's authors took 125. The model is kept with the hashes of its
pictures, and every NIQE value carries its identity.

  --json   one JSON document on standard output`,
  positionals: ['NAME'],
  options: {
    dataset: { type: 'text' },
    subset: { type: 'text' },
    all: { type: 'flag' },
    folder: { type: 'text' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const name = args.positionals[0] as string;
    const dataset = args.text('dataset');
    const subset = args.text('subset');
    const folder = args.text('folder');
    if ((dataset === undefined) === (folder === undefined)) {
      throw new BadInput('limen pristine: say --dataset or --folder');
    }
    if ((subset !== undefined || args.flag('all')) && dataset === undefined) {
      throw new BadInput('limen pristine: --subset and --all belong to --dataset');
    }
    if (subset !== undefined && args.flag('all')) {
      throw new BadInput('limen pristine: --subset or --all, not both');
    }
    const document = await withLab(terminal, (lab) =>
      lab.call('pristine', {
        name,
        here: !lab.remote,
        from:
          folder !== undefined
            ? { folder: { path: resolvePath(folder), label: folder } }
            : {
                dataset: dataset as string,
                of:
                  subset !== undefined
                    ? { what: 'subset', subset }
                    : { what: args.flag('all') ? 'all' : 'references' }
              }
      })
    );
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(document)}\n`
        : `${name}: ${document.blocks} sharp blocks of ${document.pictures} pictures (${document.refused} without one), ${document.sha256.slice(0, 12)}\n`
    );
    return 0;
  }
};
