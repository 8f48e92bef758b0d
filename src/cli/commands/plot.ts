import { STUDY_PLOT_NAMES, STUDY_PLOTS } from '#lib/domain/plots/study-plots.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const plot: Command = {
  name: 'plot',
  summary: "draw one of a study's plots as SVG or PNG, or write its data as CSV",
  usage: `limen plot STUDY NAME --out FILE.svg|FILE.png|FILE.csv [--observer NAME] [--json]

${STUDY_PLOT_NAMES.map((name) => `${name.padEnd(14)}${STUDY_PLOTS[name].title}`).join('\n')}

Without --observer the plot is of the first run with figures, or of people. Curves and ceilings are computed first.`,
  positionals: ['STUDY', 'NAME'],
  options: { out: { type: 'text' }, observer: { type: 'text' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const out = args.text('out');
    if (out === undefined) throw new BadInput('limen plot: --out is missing');
    const document = await withLab(terminal, (lab) =>
      lab.call('plot', {
        study: args.positionals[0] as string,
        name: args.positionals[1] as string,
        observer: args.text('observer') ?? null,
        out: resolvePath(out)
      })
    );
    terminal.out(args.flag('json') ? `${JSON.stringify(document)}\n` : `${document.file}\n`);
    return 0;
  }
};
