import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { textTable } from '../table.ts';

interface Document {
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
  usage: 'limen results STUDY [--json]',
  positionals: ['STUDY'],
  options: { json: { type: 'flag' } },
  async run(args, terminal) {
    const document = (await withLab(terminal, (lab) =>
      lab.call('results', { study: args.positionals[0] as string })
    )) as Document;
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
    return 0;
  }
};
