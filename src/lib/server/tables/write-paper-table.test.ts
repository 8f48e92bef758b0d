import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { PaperTable } from '#lib/domain/tables/paper-tables.ts';
import { paperTableCsv, paperTableLatex, paperTableMarkdown } from './write-paper-table.ts';

const cell = {
  value: 0.7451,
  low: 0.6,
  high: 0.8,
  n: 150,
  references: null,
  missing: 0.01,
  best: true,
  paperFaithful: 0.81,
  trainedOn: true,
  simulated: false,
  complete: true,
  study: 'study',
  sessionId: 4,
  protocol: 'single-stimulus'
};
const table: PaperTable = {
  name: 'no-reference',
  caption: 'A caption.',
  notes: ['SPAQ_1, Models: runs of 2 studies.'],
  columns: [
    { dataset: 'SPAQ_1', figure: 'srcc' },
    { dataset: 'SPAQ_1', figure: 'plcc' }
  ],
  sections: [
    {
      title: 'Models',
      rows: [
        {
          label: '=A|B_50%',
          note: null,
          simulated: false,
          cells: [cell, { ...cell, value: -0.2, best: false, trainedOn: false }],
          published: [
            {
              table: 'no-reference',
              section: 'Models',
              row: '=A|B_50%',
              dataset: 'SPAQ_1',
              figure: 'srcc',
              value: 0.86,
              source: 'Wu & al.'
            },
            null
          ]
        },
        { label: 'none', note: null, simulated: true, cells: [null, null], published: [null, null] }
      ]
    }
  ]
};

describe('a table for a paper', () => {
  it('as CSV has one row a cell with all that is known of it, and starts no formula', () => {
    const rows = parse(paperTableCsv(table), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      row: "'=A|B_50%",
      value: '0.7451',
      low: '0.6',
      high: '0.8',
      n: '150',
      missing: '0.01',
      best: 'true',
      published: '0.86',
      source: 'Wu & al.'
    });
    expect(rows[1]?.['value']).toBe('-0.2');
  });

  it('says whose figures are simulated', () => {
    expect(paperTableMarkdown(table)).toContain('| none (simulated) |');
    expect(paperTableLatex(table)).toContain('none (simulated) & ');
  });

  it('as Markdown has as many cells in every line, bold and asterisk', () => {
    const lines = paperTableMarkdown(table)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    for (const line of lines) expect(line.split(/(?<!\\)\|/)).toHaveLength(5);
    expect(lines.join()).toContain('**0.745\\*** (0.860)');
    expect(lines.join()).toContain('(0.860)<br>[0.60, 0.80], n 150, 1.0 % missing, paper-faithful 0.810 |');
    expect(lines.join()).toContain('| – | – |');
    expect(paperTableMarkdown(table)).toContain('as published: Wu & al.');
  });

  it('as LaTeX escapes names, spans its heads, and has as many cells in every row', () => {
    const text = paperTableLatex(table);
    expect(text).toContain('=A|B\\_50\\% & \\textbf{0.745\\textsuperscript{*}} (0.860) & $-0.200$ \\\\');
    const below = '{\\scriptsize [0.60, 0.80], n 150, 1.0 \\% missing, paper-faithful 0.810}';
    expect(text).toContain(` & ${below} & ${below} \\\\`);
    expect(text).toContain('\\multicolumn{2}{c}{SPAQ\\_1}');
    expect(text).toContain('Wu \\& al.');
    for (const row of text.split('\n').filter((line) => line.endsWith('\\\\'))) {
      const spans = [...row.matchAll(/\\multicolumn\{(\d)\}/g)].reduce(
        (sum, [, n]) => sum + Number(n) - 1,
        0
      );
      expect(row.split(/(?<!\\)&/).length + spans).toBe(3);
    }
  });
});
