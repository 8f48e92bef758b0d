import type { ChanceFloor } from '#lib/domain/results/chance-floor.ts';
import { DIMENSIONS } from '#lib/domain/results/split-results.ts';
import type { SplitStudy } from '#lib/server/services/split-study.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

interface Document {
  noiseFloor: ChanceFloor;
  people?: { rule: string; leftOut: number };
  observers: {
    observer: string;
    kind: string;
    simulated: boolean;
    presentations: number;
    outcomes: Record<string, number>;
    stimuli: number;
    srcc: number | null;
    plcc: number | null;
    krcc: number | null;
    rmse: number | null;
  }[];
}

export const results: Command = {
  name: 'results',
  summary: 'agreement of every observer with MOS and with the raters',
  usage: `limen results STUDY [--split ${DIMENSIONS.join('|')}] [--everybody] [--json]

--split takes runs apart: rows of one group differ by nothing else.
--everybody keeps in the sittings that the study's own rule calls unusable.`,
  positionals: ['STUDY'],
  options: { split: { type: 'choice', of: DIMENSIONS }, everybody: { type: 'flag' }, json: { type: 'flag' } },
  async run(args, terminal) {
    const split = (args.text('split') ?? null) as (typeof DIMENSIONS)[number] | null;
    const said = await withLab(terminal, (lab) =>
      lab.call('results', { study: args.positionals[0] as string, split, everybody: args.flag('everybody') })
    );
    if (split !== null && !args.flag('json')) {
      const { rows } = said as SplitStudy;
      terminal.out(
        textTable(
          ['run', split, 'usable', 'stimuli', 'SRCC', 'KRCC', 'PLCC', 'RMSE'],
          rows.map((row) => [row.group, row.level, row.usable, row.n, row.srcc, row.krcc, row.plcc, row.rmse])
        )
      );
      return 0;
    }
    const document = said as Document;
    if (args.flag('json')) {
      terminal.out(`${JSON.stringify(document)}\n`);
      return 0;
    }
    terminal.out(
      textTable(
        ['observer', 'kind', 'ok', 'of', 'stimuli', 'SRCC', 'PLCC', 'KRCC', 'RMSE'],
        document.observers.map((one) => [
          one.observer,
          one.simulated ? `${one.kind} (simulated)` : one.kind,
          one.outcomes['ok'] ?? 0,
          one.presentations,
          one.stimuli,
          one.srcc,
          one.plcc,
          one.krcc,
          one.rmse
        ])
      )
    );
    if (document.people) {
      const { leftOut, rule } = document.people;
      terminal.out(
        `people: ${leftOut} sittings left out by the study's rule: ${rule} (--everybody keeps them)\n`
      );
    }
    const { srcc95 } = document.noiseFloor;
    if (srcc95 !== null) {
      terminal.out(
        `noise floor: |SRCC| of answers by chance stays below ${srcc95.toFixed(2)} in 95 % of cases\n`
      );
    }
    return 0;
  }
};
