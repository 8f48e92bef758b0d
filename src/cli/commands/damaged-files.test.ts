import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { runOnCsv } from '../../../tests/fixtures/run-on-csv.ts';
import type { Command } from '../command.ts';
import { agree } from './agree.ts';
import { mos } from './mos.ts';
import { reliability } from './reliability.ts';
import { scale } from './scale.ts';
import { select } from './select.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const ratings = `observer,stimulus,rating\n${range(24)
  .map((i) => `r${i % 4},s${Math.floor(i / 4)},${1 + ((i * 7) % 5)}`)
  .join('\n')}\n`;
const votes = `first,second,choice,count\n${range(20)
  .map((i) => `s${i % 5},s${(i + 1 + (i % 4)) % 5},${['first', 'second', 'same'][i % 3]},${i % 3}`)
  .filter((line) => line.split(',')[0] !== line.split(',')[1])
  .join('\n')}\n`;
const scores = `stimulus,mos,sigma,n,content,model,other\n${range(15)
  .map((i) => `s${i},${i * 1.5},${1 + (i % 3)},${10 + i},c${i % 3},${i + ((i * 5) % 7)},${-i}`)
  .join('\n')}\n`;
const selection = `stimulus,mos,sigma,prediction,reference\n${range(15)
  .map((i) => `s${i},${i * 1.5},${1 + (i % 3)},${i},r${i % 3}`)
  .join('\n')}\n`;

const COMMANDS: [Command, string, string[]][] = [
  [mos, ratings, ['--json', '--screen', 'bt500', '--model', 'p910']],
  [reliability, ratings, ['--json']],
  [scale, votes, ['--json', '--model', 'davidson']],
  [agree, scores, ['--json', '--bootstrap', '20', '--content']],
  [select, selection, ['--json', '--n', '4']]
];

const SCRAPS = ['', ',', '"', '""', '\n', '\r', '\r\n', '\t', ';', ' ', '-', '-1', '0', '1e308', '1e-308', '1e999', 'NaN', 'inf', 'x', 'é', '€', '\u0000', '\ufeff', '=1+1', 's0', 'first', '٣', '0x1', '1_0']; // prettier-ignore

/** A file as accidents leave it: scraps put in, pieces cut out, copied or swapped, bytes broken. */
function damaged(text: string, random: Random): Uint8Array {
  let bytes = Buffer.from(text);
  for (let hit = 1 + random.integer(3); hit > 0; hit--) {
    const at = random.integer(bytes.length + 1);
    const length = random.integer(12);
    const [before, piece, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + length),
      bytes.subarray(at + length)
    ];
    const scrap = Buffer.from(SCRAPS[random.integer(SCRAPS.length)] as string);
    const parts = [
      [before, scrap, piece, after],
      [before, scrap, after],
      [before, after],
      [before, piece, piece, after],
      [before],
      [before, Buffer.from([128 + random.integer(128)]), piece, after]
    ][random.integer(6)] as Buffer[];
    bytes = Buffer.concat(parts);
  }
  return bytes;
}

describe('damaged files', () => {
  it.each(COMMANDS)('limen $name answers with JSON or one line', async (command, text, options) => {
    const random = seededRandom(`damage/${command.name}`);
    let refused = 0;
    let answered = 0;
    for (let round = 0; round < 400; round++) {
      const bytes = damaged(text, random);
      try {
        const { out } = await runOnCsv(command, bytes, ...options);
        // No NaN, no infinity: JSON has none.
        expect(JSON.parse(out)).toBeTypeOf('object');
        answered++;
      } catch (error) {
        if (!(error instanceof BadInput)) {
          throw new Error(`${command.name} on ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`, {
            cause: error
          });
        }
        expect(error.message).toMatch(/input\.csv/);
        expect(error.message).not.toMatch(/[\n\r]/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(answered).toBeGreaterThan(20);
  });
});
