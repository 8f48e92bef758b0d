import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOLS, type Protocol } from '../../src/lib/domain/study.ts';
import type { Study } from '../../src/lib/server/db/studies.ts';
import {
  exportLayout,
  exportTable,
  TABLES,
  type ExportedFile,
  type TableFormat,
  type TableName
} from '../../src/lib/server/services/export-study.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { readZip } from '../fixtures/read-zip.ts';
import { satStudy } from './sat-study.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

type Row = Record<string, string>;

let test: TestLab;
let endpoint: FakeOpenAi;
const studies = {} as Record<Protocol, Study>;
beforeAll(async () => {
  endpoint = await startFakeOpenAi({});
  test = await openTestLab();
  await makeDataset(test, 'plain', { count: 8 });
  await makeDataset(test, 'with-references', { count: 12, references: 2 });
  for (const protocol of PROTOCOLS) {
    studies[protocol] = await satStudy(test, {
      dataset: protocol === 'multiple-stimulus' ? 'with-references' : 'plain',
      name: protocol,
      protocol,
      people: 3,
      endpoint: endpoint.url
    });
  }
});
afterAll(async () => {
  await test.remove();
  await endpoint.stop();
});

async function bytesOf(file: ExportedFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const table = async (protocol: Protocol, what: TableName, format: TableFormat) =>
  bytesOf(await exportTable(test.lab, studies[protocol], what, format));
const csvOf = (bytes: Buffer) => parse(bytes, { columns: true }) as Row[];

describe('tables', () => {
  for (const protocol of PROTOCOLS) {
    for (const what of TABLES) {
      it(`${what} of ${protocol} say the same in every format`, async () => {
        const rows = csvOf(await table(protocol, what, 'csv'));
        expect(rows.length).toBeGreaterThan(0);
        const objects = JSON.parse((await table(protocol, what, 'json')).toString()) as Record<
          string,
          unknown
        >[];
        const lines = (await table(protocol, what, 'jsonl')).toString().trimEnd().split('\n');
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(objects);
        const parquet = await table(protocol, what, 'parquet');
        const read = await parquetReadObjects({
          file: parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer
        });
        const plain = read.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => {
              if (value instanceof Date) return [name, value.toISOString()];
              const json = typeof value === 'string' && (name === 'promptParts' || name === 'logprobs');
              return [name, json ? (JSON.parse(value) as unknown) : (value as unknown)];
            })
          )
        );
        expect(plain).toEqual(objects);
        expect(rows).toEqual(objects.map((row) => Object.fromEntries(Object.entries(row).map(asCell))));
      });
    }
  }

  it('have a row a presentation, the unanswered ones too, and the answers as they were given', async () => {
    const rows = csvOf(await table('single-stimulus', 'responses', 'csv'));
    expect(rows).toHaveLength(8 * 4);
    expect(rows.filter(({ kind, outcome }) => kind === 'rater' && outcome === '')).toHaveLength(3);
    for (const row of rows.filter(({ outcome }) => outcome === 'ok')) {
      expect(Number(row['score'])).toBe(Number(row['raw'] || row['score']));
      expect(row['responseTimeMs']).toMatch(/^\d+(\.\d+)?$/);
    }
  });

  it('start no cell that a spreadsheet would run, and leave numbers as numbers', async () => {
    for (const what of TABLES) {
      for (const record of parse(await table('double-stimulus', what, 'csv')) as string[][]) {
        for (const cell of record) {
          if (/^[=+\-@\t\r]/.test(cell)) expect(Number.isFinite(Number(cell))).toBe(true);
        }
      }
    }
    const rows = csvOf(await table('double-stimulus', 'scores', 'csv'));
    expect(rows.some(({ observer }) => observer?.startsWith("'=looker"))).toBe(true);
    expect(rows.some(({ value }) => value?.startsWith('-'))).toBe(true);
  });
});

function asCell([name, value]: [string, unknown]): [string, string] {
  if (value === null) return [name, ''];
  if (name === 'promptParts' || name === 'logprobs') return [name, JSON.stringify(value)];
  const text = Array.isArray(value) ? value.join('|') : String(value as string);
  return [name, typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text];
}

describe('Psych-DS', () => {
  for (const protocol of PROTOCOLS) {
    it(`of ${protocol} keeps the rules`, async () => {
      const file = await exportLayout(test.lab, studies[protocol], 'psych-ds');
      const files = await readZip(await bytesOf(file));
      const description = JSON.parse(files.get('dataset_description.json')?.toString() ?? '') as {
        variableMeasured: { '@type': string; name: string; description: string }[];
      } & Row;
      expect(description).toMatchObject({ '@context': 'https://schema.org/', '@type': 'Dataset' });
      for (const required of ['name', 'description']) expect(description[required]).toBeTruthy();
      for (const variable of description.variableMeasured) {
        expect(variable['@type']).toBe('PropertyValue');
        expect(variable.description.length).toBeGreaterThan(5);
      }
      const measured = description.variableMeasured.map(({ name }) => name);
      expect(new Set(measured).size).toBe(measured.length);
      const data = [...files.keys()].filter((name) => name.startsWith('data/'));
      expect(data).toHaveLength(TABLES.length);
      const used = new Set<string>();
      for (const name of data) {
        expect(name).toMatch(/^data\/(?:(study|description)-[A-Za-z0-9]+_)+data\.csv$/);
        const bytes = files.get(name) as Buffer;
        // Valid UTF-8, a header, as many cells in every row (csv-parse refuses others).
        const records = parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as string[][];
        for (const column of records[0] as string[]) used.add(column);
      }
      expect([...used].sort()).toEqual([...measured].sort());
      const text = files.get('materials/design.json') as Buffer;
      expect(createHash('sha256').update(text).digest('hex')).toBe(studies[protocol].designHash);
    });
  }
});

describe('layouts of other programs', () => {
  it('sureal: a matrix as its examples have it, and a module with the same numbers', async () => {
    const responses = csvOf(await table('single-stimulus', 'responses', 'csv'));
    const matrix = csvOf(
      await bytesOf(await exportLayout(test.lab, studies['single-stimulus'], 'sureal-matrix'))
    );
    expect(matrix).toHaveLength(8);
    const people = Object.keys(matrix[0] as Row).slice(1);
    expect(Object.keys(matrix[0] as Row)[0]).toBe('stimulus');
    expect(people).toHaveLength(3);
    for (const row of matrix) {
      for (const person of people) {
        const given = responses.find(
          ({ observer, stimuli }) => observer === person && stimuli === row['stimulus']
        );
        expect(row[person]).toBe(given?.['raw']);
      }
    }
    const module = (
      await bytesOf(await exportLayout(test.lab, studies['single-stimulus'], 'sureal'))
    ).toString();
    const entries = [...module.matchAll(/'path': "([^"]+)", 'os': (\{.*?\})\}/g)];
    expect(entries).toHaveLength(8);
    for (const [, name, scores] of entries) {
      const row = matrix.find(({ stimulus }) => stimulus === name) as Row;
      expect(JSON.parse(scores as string)).toEqual(
        Object.fromEntries(people.flatMap((person) => (row[person] ? [[person, Number(row[person])]] : [])))
      );
    }
    await expect(exportLayout(test.lab, studies['double-stimulus'], 'sureal')).rejects.toThrow(
      'reads ratings'
    );
  });

  it('pwcmp: its columns, ties as a vote each, a ranking as its pairs', async () => {
    const header = 'observer,session_id,scene,condition_A,condition_B,is_A_selected,criterion';
    const pairs = await bytesOf(await exportLayout(test.lab, studies['double-stimulus'], 'pwcmp'));
    expect(pairs.toString().split('\n')[0]).toBe(header);
    const answered = csvOf(await table('double-stimulus', 'responses', 'csv')).filter(({ choice }) => choice);
    const ties = answered.filter(({ choice }) => choice === 'same').length;
    const votes = csvOf(pairs);
    expect(votes).toHaveLength(answered.length + ties);
    const wins = (of: string) =>
      answered.filter(({ stimuli, choice }) => {
        const [first, second] = (stimuli as string).split('|');
        return choice === 'same'
          ? first === of || second === of
          : (choice === 'first' ? first : second) === of;
      }).length;
    const one = 'secret-name-0003.png';
    expect(
      votes.filter((vote) => vote[vote['is_A_selected'] === '1' ? 'condition_A' : 'condition_B'] === one)
    ).toHaveLength(wins(one));
    const ranked = csvOf(await bytesOf(await exportLayout(test.lab, studies['multiple-stimulus'], 'pwcmp')));
    const rankings = csvOf(await table('multiple-stimulus', 'responses', 'csv')).filter(
      ({ ranking }) => ranking
    );
    const tied = rankings.reduce((sum, { ranking }) => {
      const ranks = (ranking as string).split('|');
      return (
        sum + ranks.reduce((n, rank, i) => n + ranks.slice(i + 1).filter((other) => other === rank).length, 0)
      );
    }, 0);
    expect(ranked).toHaveLength(6 * rankings.length + tied);
    expect(new Set(ranked.map(({ scene }) => scene))).toEqual(new Set(['ref0.png', 'ref1.png']));
    await expect(exportLayout(test.lab, studies['single-stimulus'], 'pwcmp')).rejects.toThrow('pair votes');
  });

  it('pyiqa: one row a picture with MOS and every observer', async () => {
    const rows = csvOf(await bytesOf(await exportLayout(test.lab, studies['single-stimulus'], 'pyiqa')));
    const scores = csvOf(await table('single-stimulus', 'scores', 'csv'));
    expect(rows).toHaveLength(8);
    for (const { stimulus, observer, value, mos } of scores) {
      const row = rows.find(({ img_name: name }) => name === stimulus) as Row;
      expect(row[observer as string]).toBe(value);
      expect(row['mos']).toBe(mos);
    }
  });

  it('LaTeX: a booktabs table whose cells are as many in every row, and whose names are escaped', async () => {
    const text = (
      await bytesOf(await exportLayout(test.lab, studies['single-stimulus'], 'latex'))
    ).toString();
    const rows = text.split('\n').filter((line) => line.endsWith('\\\\'));
    // Heading, people, run; one person and chance to read them beside.
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.split(' & ')).toHaveLength(9);
    expect(rows[3]).toMatch(/^One person \(median of 3 people\) & \d\.\d{3} /);
    expect(rows[4]).toMatch(/^Chance .* & 0\.\d{3} /);
    for (const rule of ['toprule', 'midrule', 'bottomrule']) expect(text).toContain(`\\${rule}`);
    expect(text).not.toMatch(/(?<!\\)[#_](?!\w*\})/);
  });
});
