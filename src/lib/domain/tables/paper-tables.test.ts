import { describe, expect, it } from 'vitest';
import { paperTable, type PublishedFigure, type TableEntry } from './paper-tables.ts';

const entry = (more: Partial<TableEntry> & { srcc?: unknown; value?: number }): TableEntry => ({
  kind: 'system',
  name: 'm',
  strategy: 'standard',
  protocol: 'single-stimulus',
  scenario: 'no-reference',
  dataset: 'SPAQ',
  study: 'study',
  sessionId: 1,
  simulated: false,
  complete: true,
  missing: 0,
  chance: 0.16,
  plcc: { value: (more.value ?? 0) / 2, low: null, high: null },
  n: 150,
  references: null,
  ...more,
  srcc: { value: more.value ?? 0, low: 0, high: 1 }
});

describe('the table of nine systems', () => {
  // Rows and bold as in the slides' Table 1: single-stimulus, SPAQ and AGIQA-3K.
  const slides: [string, string, number, number][] = [
    ['LLaVA-v1.6', 'standard', 0.544, 0.614],
    ['GPT-4V', 'standard', 0.86, 0.42],
    ['LLaVA-v1.6', 'in-context', 0.019, 0.061],
    ['GPT-4V', 'in-context', 0.845, 0.65],
    ['LLaVA-v1.6', 'chain-of-thought', 0.55, 0.58],
    ['GPT-4V', 'chain-of-thought', 0.869, 0.677]
  ];
  const entries = slides.flatMap(([name, strategy, spaq, agiqa]) => [
    entry({ name, strategy, dataset: 'SPAQ', value: spaq }),
    entry({ name, strategy, dataset: 'AGIQA-3K', value: agiqa })
  ]);

  it('has the best of each strategy in bold, strategies in the order S, I, C', () => {
    const { columns, sections } = paperTable('nine-systems', entries, [], {});
    expect(columns.map(({ dataset }) => dataset)).toEqual(['AGIQA-3K', 'SPAQ']);
    const rows = sections[0]?.rows ?? [];
    expect(rows.map(({ label }) => label)).toEqual([
      'GPT-4V-S',
      'LLaVA-v1.6-S',
      'GPT-4V-I',
      'LLaVA-v1.6-I',
      'GPT-4V-C',
      'LLaVA-v1.6-C',
      'Chance'
    ]);
    expect(rows.slice(0, 6).map(({ cells }) => cells.map((cell) => cell?.best))).toEqual([
      [false, true],
      [true, false],
      [true, true],
      [false, false],
      [true, true],
      [false, false]
    ]);
  });

  it('says where a column mixes runs of several studies, whose stimuli may differ', () => {
    const runs = [
      entry({ name: 'a', value: 0.1, study: 'uniform' }),
      entry({ name: 'b', value: 0.2, study: 'difficult' }),
      entry({ name: 'b', value: 0.2, study: 'difficult', dataset: 'AGIQA-3K' })
    ];
    expect(paperTable('nine-systems', runs, [], {}).notes).toEqual([
      'SPAQ, single-stimulus: runs of 2 studies (difficult, uniform), whose stimuli may differ; people are of the one that most of the runs are of.'
    ]);
    expect(paperTable('nine-systems', entries, [], {}).notes).toEqual([]);
  });

  it('shows of several runs the newest complete one', () => {
    const runs = [
      entry({ name: 'a', value: 0.1, sessionId: 1 }),
      entry({ name: 'a', value: 0.2, sessionId: 2 }),
      entry({ name: 'a', value: 0.3, sessionId: 3, complete: false })
    ];
    expect(paperTable('nine-systems', runs, [], {}).sections[0]?.rows[0]?.cells[0]?.value).toBe(0.2);
  });

  it('prefers the study with the most stimuli to a newer one, and brings what the published pipeline gives', () => {
    const runs = [
      entry({
        name: 'a',
        value: 0.1,
        sessionId: 1,
        study: 'whole',
        paperFaithful: { srcc: 0.3, plcc: null }
      }),
      entry({ name: 'a', value: 0.2, sessionId: 2, study: 'few', n: 8 })
    ];
    const cell = paperTable('nine-systems', runs, [], {}).sections[0]?.rows[0]?.cells[0];
    expect(cell).toMatchObject({ value: 0.1, study: 'whole', paperFaithful: 0.3 });
  });

  it('holds runs against the people of their own study, and against nobody where nobody sat it', () => {
    const people = (study: string, value: number) =>
      entry({ kind: 'people', name: 'people', sessionId: null, study, value });
    const run = entry({ name: 'a', value: 0.5, study: 'ours' });
    const yardstick = (entries: Parameters<typeof paperTable>[1]) =>
      paperTable('nine-systems', entries, [], {}).sections[0]?.rows.find(
        ({ label }) => label === 'People, pooled'
      )?.cells[0]?.value;
    expect(yardstick([run, people('ours', 0.8), people('another', 0.9)])).toBe(0.8);
    expect(yardstick([run, people('another', 0.9)])).toBeUndefined();
  });

  it('does not call chance simulated beside a simulated run', () => {
    const [section] = paperTable(
      'nine-systems',
      [entry({ name: 'a', value: 0.5, simulated: true })],
      [],
      {}
    ).sections;
    expect(section?.rows.map(({ label, simulated }) => [label, simulated])).toEqual([
      ['a-S', true],
      ['Chance', false]
    ]);
  });

  it('lays a published figure beside its own cell alone', () => {
    const published: PublishedFigure = {
      table: 'nine-systems',
      section: 'single-stimulus',
      row: 'GPT-4V-S',
      dataset: 'SPAQ',
      figure: 'srcc',
      value: 0.86,
      source: 'slides'
    };
    const { sections } = paperTable('nine-systems', entries, [published], {});
    const found = sections.flatMap(({ rows }) =>
      rows.flatMap((row) => row.published.filter((one) => one !== null))
    );
    expect(found).toEqual([published]);
    expect(sections[0]?.rows[0]?.published).toEqual([null, published]);
  });
});

describe('the tables of metrics and models', () => {
  const entries = [
    entry({ kind: 'metric', name: 'LIQE', strategy: null, value: 0.781, sessionId: null }),
    entry({ kind: 'metric', name: 'NIQE', strategy: null, value: 0.551, sessionId: null }),
    entry({ name: 'GPT-4V', value: 0.6, strategy: 'standard' }),
    entry({ name: 'GPT-4V', value: 0.8, strategy: 'chain-of-thought', protocol: 'double-stimulus' }),
    entry({ name: 'LLaVA', value: 0.3 }),
    entry({ kind: 'people', name: 'people', value: 0.9, sessionId: null }),
    entry({ name: 'other', value: 0.99, scenario: 'full-reference', dataset: 'TQD' })
  ];

  it('take each model under the system that suits it best, and bold among metrics and among models', () => {
    const { columns, sections } = paperTable('no-reference', entries, [], { LIQE: ['SPAQ'] });
    expect(columns).toEqual([
      { dataset: 'SPAQ', figure: 'srcc' },
      { dataset: 'SPAQ', figure: 'plcc' }
    ]);
    expect(sections.map(({ title }) => title)).toEqual(['Metrics', 'Models', 'Yardsticks']);
    const [metrics, models, yardsticks] = sections;
    expect(metrics?.rows.map(({ label, cells }) => [label, cells[0]?.best, cells[0]?.trainedOn])).toEqual([
      ['LIQE', true, true],
      ['NIQE', false, false]
    ]);
    expect(
      models?.rows.map(({ label, note, cells }) => [label, note, cells[0]?.value, cells[0]?.best])
    ).toEqual([
      ['GPT-4V', 'double-stimulus, chain-of-thought', 0.8, true],
      ['LLaVA', 'single-stimulus, standard', 0.3, false]
    ]);
    expect(yardsticks?.rows.map(({ label, cells }) => [label, cells[0]?.value])).toEqual([
      ['People, pooled', 0.9],
      ['Chance', 0.16]
    ]);
  });
});
