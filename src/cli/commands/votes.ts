import { GROUP_SIZES, PROTOCOLS, SCALE_KINDS, type GroupSize, type Protocol } from '#lib/domain/study.ts';
import { VOTE_KINDS, type VoteKind } from '#lib/server/services/votes/read-votes.ts';
import type { VoteReport } from '#lib/server/services/votes/import-votes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { parseVoteColumns } from '#lib/server/tables/vote-columns.ts';
import { resolvePath, type ParsedArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';

export const votes: Command = {
  name: 'votes',
  summary: 'take in votes that were collected elsewhere',
  usage: `limen votes STUDY FILE [--kind rater|model|synthetic] [--name N] [--columns observer=a,rating=b]
  [--range LO,HI] [--best highest|lowest] [--pass-over] [--json]
limen votes STUDY FILE --make --dataset D --protocol single-stimulus|double-stimulus|multiple-stimulus
  [--scale continuous-100|acr-5|acr-9|dcr-5|ccr-7] [--no-ties] [--group-size 4] …
limen votes STUDY IMPORT --take-out

FILE is a CSV. By the study's protocol its columns are
  single-stimulus     observer,stimulus,rating          an empty rating is missing
  double-stimulus     observer,first,second,choice      choice: first, second or same (a grade on ccr-7); count may follow
  multiple-stimulus   observer,stimuli,ranking          lists separated by |, ranks in the order of the stimuli
A stimulus goes by its name in the dataset, or by its file name where only one has it. Each observer becomes one of the
study's, labelled imported: this lab has not shown it anything, so there are no times and no device. The first row that
cannot be used is named, and nothing of the file is kept; the same file comes in once.

  --kind       what the observers are (default rater); a model's answers, or a simulation's
  --name       the file has no observer column: all of it is this one's
  --range      ratings are on LO..HI instead of the study's own scale; they are mapped to 0–100
  --best       which rank is the best (default highest)
  --pass-over  leave out votes that no trial of the study is about, and count them
  --make       first make STUDY, with exactly the trials that the file holds
  --take-out   take the import of this number out of the study again`,
  positionals: ['STUDY', 'FILE'],
  options: {
    kind: { type: 'choice', of: VOTE_KINDS },
    name: { type: 'text' },
    columns: { type: 'text' },
    range: { type: 'text' },
    best: { type: 'choice', of: ['highest', 'lowest'] },
    'pass-over': { type: 'flag' },
    make: { type: 'flag' },
    dataset: { type: 'text' },
    protocol: { type: 'choice', of: PROTOCOLS },
    scale: { type: 'choice', of: SCALE_KINDS },
    'no-ties': { type: 'flag' },
    'take-out': { type: 'flag' },
    'group-size': { type: 'integer', min: GROUP_SIZES[0], max: GROUP_SIZES.at(-1) as number },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const [study, file] = args.positionals as [string, string];
    if (file === '-') throw new BadInput('limen votes: the file is read twice; standard input cannot be');
    if (args.flag('take-out')) {
      const removed = await withLab(terminal, (lab) =>
        lab.call('votes-out', { study, import: Number(file) })
      );
      terminal.out(
        args.flag('json')
          ? `${JSON.stringify(removed)}\n`
          : `${removed.removed} votes taken out of ${study}\n`
      );
      return 0;
    }
    const columns = args.text('columns');
    const report = await withLab(terminal, (lab) =>
      lab.call('votes', {
        study,
        file: { path: resolvePath(file), label: file },
        kind: (args.text('kind') ?? 'rater') as VoteKind,
        name: args.text('name') ?? null,
        columns: columns === undefined ? {} : parseVoteColumns(columns),
        range: rangeIn(args.text('range')),
        best: (args.text('best') ?? 'highest') as 'highest',
        passOver: args.flag('pass-over'),
        make: studyToMake(args)
      })
    );
    terminal.out(args.flag('json') ? `${JSON.stringify(report)}\n` : summary(report));
    return 0;
  }
};

function studyToMake(args: ParsedArguments) {
  if (!args.flag('make')) {
    const stray = ['dataset', 'protocol', 'scale', 'group-size'].find(
      (name) => args.text(name) !== undefined
    );
    if (stray !== undefined || args.flag('no-ties')) {
      throw new BadInput(
        `limen votes: --${stray ?? 'no-ties'} goes with --make; a study that exists says it itself`
      );
    }
    return null;
  }
  const needed = (name: string): string => {
    const value = args.text(name);
    if (value === undefined) throw new BadInput(`limen votes: --make needs --${name}`);
    return value;
  };
  const scale = args.text('scale');
  const groupSize = args.number('group-size') as GroupSize | undefined;
  return {
    dataset: needed('dataset'),
    protocol: needed('protocol') as Protocol,
    design: {
      ...(scale === undefined ? {} : { scale: scale as (typeof SCALE_KINDS)[number] }),
      ...(groupSize === undefined ? {} : { groupSize }),
      ...(args.flag('no-ties') ? { allowTies: false } : {})
    }
  };
}

function rangeIn(text: string | undefined): { low: number; high: number } | null {
  if (text === undefined) return null;
  const [low, high, more] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (low === undefined || high === undefined || more !== undefined || !(low < high)) {
    throw new BadInput(`limen votes: --range takes LO,HI, the lower first, not ${JSON.stringify(text)}`);
  }
  return { low, high };
}

function summary({
  study,
  import: id,
  observers,
  votes: n,
  missing,
  passedOver,
  kind,
  alreadyThere
}: VoteReport): string {
  if (alreadyThere) return `this file is in ${study} already (import ${id}): nothing was changed\n`;
  const who = { rater: 'people', model: 'models', synthetic: 'simulated observers' }[kind];
  return (
    `${study}: ${n} votes of ${observers} ${who}, imported (import ${id})\n` +
    (missing > 0 ? `  ${missing} rows without a rating\n` : '') +
    (passedOver > 0 ? `  ${passedOver} votes passed over: no trial of the study is about them\n` : '')
  );
}
