import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const reproduce: Command = {
  name: 'reproduce',
  summary: "take a study's bundle in and compute its figures anew",
  usage: `limen reproduce FILE.zip [--json]

Puts the study into this lab, whole or not at all, under its own name, and compares the figures that follow from its
votes with those that came in the file, to the last digit. Exits 1 where they differ.`,
  positionals: ['FILE'],
  options: { json: { type: 'flag' } },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const report = await withLab(terminal, (lab) =>
      lab.call('reproduce', { file: resolvePath(file), label: file })
    );
    if (args.flag('json')) terminal.out(`${JSON.stringify(report)}\n`);
    else {
      terminal.out(
        `${report.study}: ${report.presentations} presentations, ${report.responses} responses, ${report.completions} completions, ${report.pictures} pictures\n`
      );
      terminal.out(
        report.firstDifference === null
          ? 'The figures are the same to the last digit.\n'
          : `The figures differ: ${report.firstDifference.was} was, ${report.firstDifference.is} is.\n`
      );
    }
    return report.sameFigures ? 0 : 1;
  }
};
