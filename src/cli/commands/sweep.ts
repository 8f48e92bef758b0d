import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const sweep: Command = {
  name: 'sweep',
  summary: 'find stored files that nothing uses any more, and remove them',
  usage: `limen sweep [--remove] [--json]

Pictures of datasets that were deleted, copies of them, leftovers of processes that died. Without --remove they are only
counted. Files younger than a day stay, and nothing is removed while a dataset is being imported.`,
  positionals: [],
  options: { remove: { type: 'flag' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const found = await withLab(terminal, (lab) => lab.call('sweep', { remove: args.flag('remove') }));
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(found)}\n`);
      return 0;
    }
    const mib = (found.bytes / 2 ** 20).toFixed(1);
    terminal.out(
      found.files === 0
        ? 'every stored file older than a day is used\n'
        : `${found.files} unused ${found.files === 1 ? 'file' : 'files'}, ${mib} MiB: ${found.removed ? 'removed' : 'limen sweep --remove removes them'}\n`
    );
    return 0;
  }
};
