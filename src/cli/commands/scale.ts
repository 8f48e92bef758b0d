import {
  scaleVotes,
  type Estimator,
  type ScaleModel,
  type ScaleRefusal,
  type TieRule,
  type VoteScale
} from '#lib/domain/scaling/scale-votes.ts';
import { collectVotes, type WinTable } from '#lib/domain/scaling/votes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { openTable, quoted, type TableSource } from '#lib/server/tables/read-table.ts';
import { eachPair } from '#lib/server/tables/read-votes.ts';
import { resolvePath } from '../arguments.ts';
import { COMMON_OPTIONS, type Command, type Terminal } from '../command.ts';
import { textTable } from '../table.ts';

export const scale: Command = {
  name: 'scale',
  summary: 'Thurstone or Bradley-Terry scale from pair votes',
  usage: `limen scale FILE [--model thurstone|bradley-terry|davidson] [--estimator map|mle] [--ties split|both]

FILE is a CSV with the columns first,second,choice (choice: first, second or same) and optionally count, a
whole number of votes (empty is 1, 0 is no vote); "-" reads standard input. Other columns are ignored.

  --model       thurstone (default): P(first) = Φ(s₁ − s₂); bradley-terry: logistic; davidson: with ties
  --estimator   map (default): standard normal prior on every value; mle: none, needs a strongly connected graph
  --ties        split (default): a tie is half a vote each way; both: a whole one (davidson has its own)
  --json        one JSON document on standard output`,
  positionals: ['FILE'],
  options: {
    ...COMMON_OPTIONS,
    model: { type: 'choice', of: ['thurstone', 'bradley-terry', 'davidson'] },
    estimator: { type: 'choice', of: ['map', 'mle'] },
    ties: { type: 'choice', of: ['split', 'both'] }
  },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const { stimuli, table } = await readVotes(await openTable(file, resolvePath(file)));
    const result = scaleVotes(table, {
      model: args.text('model') as ScaleModel | undefined,
      estimator: args.text('estimator') as Estimator | undefined,
      ties: args.text('ties') as TieRule | undefined,
      // A small scale is done before a line could be read.
      onProgress:
        stimuli.length < 1000
          ? undefined
          : (done, all) => terminal.progress(`standard errors ${Math.floor((100 * done) / all)} %`)
    });
    if (!result.ok) throw new BadInput(whyRefused(result, stimuli), { file: labelOf(file) });
    warn(result, terminal);
    terminal.out(
      args.flag('json') ? `${JSON.stringify(document(result, stimuli))}\n` : report(result, stimuli)
    );
    return 0;
  }
};

/** Reads votes into counts as they come: the rows of a large file are never held together. */
async function readVotes(source: TableSource): Promise<{ stimuli: string[]; table: WinTable }> {
  const numbers = new Map<string, number>();
  const collector = collectVotes();
  const numberOf = (name: string) => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(name, number);
    }
    return number;
  };
  await eachPair(source, { observers: false }, ({ first, second, choice, count }) =>
    collector.add(numberOf(first), numberOf(second), choice, count)
  );
  return { stimuli: [...numbers.keys()], table: collector.finish(numbers.size) };
}

function labelOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function whyRefused(refusal: ScaleRefusal, stimuli: readonly string[]): string {
  if (refusal.reason === 'tie-parameter-unbounded') {
    return "the votes give Davidson's tie parameter no finite maximum-likelihood value (no cycle of votes has more wins than ties); --estimator map works";
  }
  const shown = refusal.components.slice(0, 5).map((component) => {
    const names = component.slice(0, 3).map((item) => quoted(stimuli[item] as string));
    const more = component.length - names.length;
    return `{${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}}`;
  });
  const more = refusal.components.length - shown.length;
  return (
    'the comparison graph is not strongly connected, so maximum-likelihood values do not exist; ' +
    `its ${refusal.components.length} components are ${shown.join(', ')}` +
    `${more > 0 ? ` and ${more} more` : ''}; --estimator map works`
  );
}

function warn(result: VoteScale, terminal: Terminal): void {
  if (!result.converged) {
    terminal.note(`warning: not converged, the largest gradient is ${result.maxGradient.toExponential(1)}`);
  }
  if (result.components > 1) {
    terminal.note(
      `warning: the stimuli fall into ${result.components} groups never compared with each other; values of different groups share only the prior`
    );
  }
  if (result.model === 'davidson' && result.tie === null) {
    terminal.note(
      "warning: all votes are ties, which leaves Davidson's tie parameter without a finite value"
    );
  }
  if (result.se === null)
    terminal.note('warning: the information matrix is singular, so there are no standard errors');
}

function document(result: VoteScale, stimuli: readonly string[]) {
  return {
    model: result.model,
    estimator: result.estimator,
    nVotes: result.nVotes,
    components: result.components,
    logPosterior: result.logPosterior,
    converged: result.converged,
    iterations: result.iterations,
    items: stimuli.map((stimulus, i) => ({
      stimulus,
      scale: result.scale[i] as number,
      se: result.se === null ? null : (result.se[i] as number),
      scaled: result.scaled[i] as number | null,
      votes: result.votes[i] as number
    })),
    tie: result.tie
  };
}

function report(result: VoteScale, stimuli: readonly string[]): string {
  const { items, tie } = document(result, stimuli);
  const rows = items.map((item) => [item.stimulus, item.scale, item.se, item.scaled, item.votes]);
  const summary = [
    `${result.model}, ${result.estimator === 'map' ? 'MAP with a standard normal prior' : 'maximum likelihood'}`,
    `${result.nVotes} votes`,
    `${result.components === 1 ? 'one component' : `${result.components} components`}`,
    `${result.converged ? 'converged' : 'NOT converged'} in ${result.iterations} iterations`,
    ...(tie === null ? [] : [`tie parameter ν ${tie.toPrecision(4)}`])
  ];
  return `${textTable(['stimulus', 'scale', 'se', 'scaled', 'votes'], rows)}\n${summary.join(', ')}\n`;
}
