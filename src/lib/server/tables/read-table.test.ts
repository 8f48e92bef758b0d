import { describe, expect, it } from 'vitest';
import { BadInput } from './bad-input.ts';
import { isDecimal, numberIn, readTable, type TableRow } from './read-table.ts';

async function read(
  text: string | Uint8Array,
  required: string[] = ['a', 'b'],
  chunk = 7
): Promise<TableRow[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunk) yield bytes.subarray(i, i + chunk);
  }
  const rows: TableRow[] = [];
  await readTable(
    { label: 'x.csv', bytes: chunks() },
    required,
    () => {},
    (row) => rows.push(row)
  );
  return rows;
}

describe('readTable', () => {
  it('reads quotes, BOM, CRLF, blank lines and a last line without a break, with line numbers', async () => {
    const rows = await read('\ufeffa,b\r\n1,"x,""y"""\r\n\r\n2,"two\nlines"\r\n3,é');
    expect(rows).toEqual([
      { cells: ['1', 'x,"y"'], line: 2 },
      { cells: ['2', 'two\nlines'], line: 4 },
      { cells: ['3', 'é'], line: 6 }
    ]);
  });

  const bad: [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /^x\.csv, line 1: is empty/],
    ['a header alone', 'a,b\n', /^x\.csv, line 2: has a header but no rows/],
    ['a missing column', 'a,c\n1,2\n', /^x\.csv, line 1, column "b": this column is missing/],
    ['a column given twice', 'a,b,a\n1,2,3\n', /^x\.csv, line 1, column "a": .* twice/],
    ['a short row', 'a,b\n1,2\n3\n', /^x\.csv, line 3, column "b": the row has 1 cells/],
    ['a long row', 'a,b\n1,2\n3,4,5\n', /^x\.csv, line 3, column "3": the row has 3 cells/],
    ['tabs', 'a\tb\n1\t2\n', /^x\.csv, line 1, column "a": .*tabs/],
    ['semicolons', 'a;b\n1;2\n', /^x\.csv, line 1, column "a": .*semicolons/],
    ['an open quote', 'a,b\n1,"2\n3,4\n', /^x\.csv, line 3, column "b": a quote .* not closed/],
    ['a quote inside', 'a,b\n1,2"3\n', /^x\.csv, line 2, column "b": a quote/],
    [
      'Latin-1',
      new Uint8Array([97, 44, 98, 10, 49, 44, 50, 10, 49, 44, 0xe9, 10]),
      /^x\.csv, line 3, column "b": is not UTF-8/
    ],
    [
      'a character cut at the end',
      new Uint8Array([97, 44, 98, 10, 49, 44, 50, 10, 49, 44, 0xe2, 0x82]),
      /^x\.csv, line 3, column "b": is not UTF-8/
    ],
    ['a zero byte', 'a,b\n1,2\n1,\u0000\n', /^x\.csv, line 3, column "b": holds a zero byte/]
  ];
  for (const [name, text, message] of bad) {
    it(`refuses ${name} in one line`, async () => {
      const error = await read(text).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BadInput);
      expect((error as BadInput).message).toMatch(message);
      expect((error as BadInput).message).not.toContain('\n');
    });
  }

  it('reads the same rows plain and quoted, in pieces of any length, whatever ends the lines', async () => {
    const lines = ['a,b', '1,x', '', '2,é', ',', '3, y ', '4,€'];
    for (const end of ['\n', '\r\n', '\r']) {
      for (const last of ['', end]) {
        for (const start of ['', '\ufeff']) {
          const plain = lines.join(end) + last;
          const whole = await read(start + plain, ['a', 'b'], 1000);
          expect(whole.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7]);
          expect(whole.map(({ cells }) => cells[1])).toEqual(['x', 'é', '', ' y ', '€']);
          for (const chunk of [1, 2, 3, 5, 11]) {
            expect(await read(start + plain, ['a', 'b'], chunk)).toEqual(whole);
            // From the first quote on another reader goes on, at whatever line that is.
            for (let quoted = 1; quoted < lines.length; quoted++) {
              const text = lines
                .map((line, i) => (i < quoted || line === '' ? line : `"${line.split(',').join('","')}"`))
                .join(end);
              expect(await read(start + text + last, ['a', 'b'], chunk)).toEqual(whole);
            }
          }
        }
      }
    }
  });

  it('names the line of a bad row behind the first quote', async () => {
    await expect(read('a,b\n1,2\n"3\n3",4\n5\n')).rejects.toThrow(
      /^x\.csv, line 5, column "b": the row has 1 cells/
    );
    await expect(read('a,b\n1,2\n"3",4\n5,6"\n')).rejects.toThrow(/^x\.csv, line 4, column "b": a quote/);
  });

  it('ends when a row is refused by the caller', async () => {
    const source = {
      label: 'x.csv',
      bytes: (async function* () {
        for (let i = 0; i < 1000; i++) yield new TextEncoder().encode(i === 0 ? 'a,b\n' : '1,2\n');
      })()
    };
    let seen = 0;
    await expect(
      readTable(
        source,
        ['a', 'b'],
        () => {},
        () => {
          seen++;
          throw new BadInput('enough');
        }
      )
    ).rejects.toThrow('enough');
    expect(seen).toBe(1);
  });
});

describe('numberIn', () => {
  const place = { file: 'x.csv', line: 2, column: 'a' };
  it('reads decimals and refuses what is not a finite number', () => {
    expect(numberIn(' -1.5e2 ', place)).toBe(-150);
    for (const cell of ['', 'NaN', 'inf', 'Infinity', '1e999', '0x10', '1,5', 'x']) {
      expect(() => numberIn(cell, place)).toThrow(BadInput);
    }
    expect(isDecimal('.5')).toBe(true);
    expect(isDecimal('5 %')).toBe(false);
  });
});
