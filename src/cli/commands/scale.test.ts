import { describe, expect, it } from 'vitest';
import { normalCdf } from '#lib/stats/normal.ts';
import { refusalOf, runOnCsv } from '../../../tests/fixtures/run-on-csv.ts';
import { scale } from './scale.ts';

interface Result {
  model: string;
  estimator: string;
  nVotes: number;
  components: number;
  logPosterior: number;
  converged: boolean;
  iterations: number;
  items: { stimulus: string; scale: number; se: number; scaled: number | null; votes: number }[];
  tie: number | null;
}

async function json(csv: string, ...options: string[]): Promise<Result> {
  return JSON.parse((await runOnCsv(scale, csv, '--json', ...options)).out) as Result;
}

const SMALL = `first,second,choice,count
b.png,a.png,first,3
a.png,b.png,first,1
`;

describe('limen scale', () => {
  it('has the fields of its contract, items in the order of first appearance', async () => {
    const result = await json(SMALL);
    expect(Object.keys(result)).toEqual([
      'model',
      'estimator',
      'nVotes',
      'components',
      'logPosterior',
      'converged',
      'iterations',
      'items',
      'tie'
    ]);
    expect(result).toMatchObject({
      model: 'thurstone',
      estimator: 'map',
      nVotes: 4,
      components: 1,
      converged: true,
      tie: null
    });
    // Two items, 3 : 1, computed with SciPy.
    expect(result.items.map((item) => item.stimulus)).toEqual(['b.png', 'a.png']);
    expect(result.items[0]?.scale).toBeCloseTo(0.27473986934508127, 9);
    expect(result.items[0]?.se).toBeCloseTo(0.7689138542000509, 9);
    expect(result.logPosterior).toBeCloseTo(-2.3418830576449117, 10);
    expect(result.items.map((item) => item.scaled)).toEqual([100, 0]);
    expect(result.items.map((item) => item.votes)).toEqual([4, 4]);
  });

  it('reads columns in any order, CRLF, a BOM, quotes and further columns', async () => {
    const csv =
      '\ufeffnote,choice,observer,"second",first\r\nx,first,o1,"a.png",b.png\r\n"two\r\nlines",first,o1,a.png,b.png\r\ny, same ,o2,b.png,a.png\r\n';
    const result = await json(csv);
    expect(result.nVotes).toBe(3);
    expect(result.items.map((item) => item.stimulus)).toEqual(['b.png', 'a.png']);
    expect(result.items[0]?.scale).toBeGreaterThan(0);
  });

  it('takes an empty count for 1 and 0 for no vote, which still makes the stimulus known', async () => {
    const result = await json('first,second,choice,count\na,b,first,\na,b,second,0\nc,a,first,0\n');
    expect(result.nVotes).toBe(1);
    expect(result.components).toBe(2);
    const third = result.items[2];
    expect(third).toMatchObject({ stimulus: 'c', votes: 0 });
    expect(third?.scale).toBeCloseTo(0, 12);
    expect(third?.se).toBeCloseTo(1, 12);
  });

  it('counts a tie once in votes, by half or whole in the scale, and by a term of its own in Davidson’s model', async () => {
    const csv = 'first,second,choice,count\na,b,first,50\na,b,second,20\nb,a,same,30\n';
    const split = await json(csv, '--estimator', 'mle');
    expect(split.nVotes).toBe(100);
    expect(split.items[1]?.votes).toBe(100);
    expect(normalCdf(2 * (split.items[0]?.scale as number))).toBeCloseTo(0.65, 10);
    const both = await json(csv, '--estimator', 'mle', '--ties', 'both');
    expect(normalCdf(2 * (both.items[0]?.scale as number))).toBeCloseTo(80 / 130, 10);
    const davidson = await json(csv, '--model', 'davidson', '--estimator', 'mle');
    expect(davidson.tie).toBeCloseTo(30 / Math.sqrt(1000), 9);
    const logit = await json(csv, '--model', 'bradley-terry', '--estimator', 'mle');
    expect(2 * (logit.items[0]?.scale as number)).toBeCloseTo(Math.log(65 / 35), 10);
  });

  it('says null for scaled when all are equal, and nothing is NaN', async () => {
    const { out } = await runOnCsv(scale, 'first,second,choice\na,b,same\n', '--json');
    expect(out).not.toContain('NaN');
    expect((JSON.parse(out) as Result).items.map((item) => item.scaled)).toEqual([null, null]);
  });

  it('prints a table for a person, and warns of groups that were never compared', async () => {
    const { out, notes } = await runOnCsv(scale, 'first,second,choice\na,b,first\nc,d,first\n');
    expect(out).toMatch(/^stimulus +scale +se +scaled +votes\n/);
    expect(out).toContain('2 votes');
    expect(notes).toEqual([expect.stringContaining('2 groups never compared')]);
  });

  it('refuses an MLE that does not exist and names the groups', async () => {
    const csv = 'first,second,choice\na,b,first\nb,c,first\nc,b,first\n';
    const message = await refusalOf(scale, csv, '--estimator', 'mle');
    expect(message).toContain('not strongly connected');
    expect(message).toContain('{"a"}, {"b", "c"}');
    expect((await json(csv)).converged).toBe(true);
  });

  it.each([
    ['first,second\na,b\n', 'line 1, column "choice": this column is missing'],
    ['', 'line 1: is empty'],
    ['first,second,choice\n', 'line 2: has a header but no rows'],
    ['first,second,choice\na,b,left\n', 'line 2, column "choice": "left" is not one of first, second, same'],
    ['first,second,choice\na,b,\n', 'line 2, column "choice": "" is not one of'],
    ['first,second,choice\na,b,first\na,a,first\n', 'line 3, column "second": "a" is compared with itself'],
    ['first,second,choice\n,b,first\n', 'line 2, column "first": is empty'],
    ['first,second,choice\na,b\n', 'line 2, column "choice": the row has 2 cells'],
    ['first,second,choice\na,b,first,x\n', 'line 2, column "4": the row has 4 cells'],
    ['first,second,choice,first\na,b,first,x\n', 'line 1, column "first": this column name is given twice'],
    ['first\tsecond\tchoice\na\tb\tfirst\n', 'line 1, column "first": columns are separated by tabs'],
    ['first,second,choice,count\na,b,first,-1\n', 'line 2, column "count": "-1" is not a whole number'],
    ['first,second,choice,count\na,b,first,1.5\n', 'line 2, column "count": "1.5" is not a whole number'],
    ['first,second,choice,count\na,b,first,NaN\n', 'line 2, column "count": "NaN" is not a whole number'],
    ['first,second,choice,count\na,b,first,Infinity\n', 'line 2, column "count": "Infinity" is not'],
    ['first,second,choice,count\na,b,first,two\n', 'line 2, column "count": "two" is not a whole number'],
    ['first,second,choice\na,"b,first\n', 'a quote that begins']
  ])('refuses %j', async (csv, says) => {
    expect(await refusalOf(scale, csv)).toContain(says);
  });

  it('refuses what is not UTF-8', async () => {
    const bytes = Uint8Array.from([...Buffer.from('first,second,choice\na,b,first\n'), 0xff, 0x0a]);
    expect(await refusalOf(scale, bytes)).toContain('is not UTF-8 text');
  });
});
