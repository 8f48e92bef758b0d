import { expect, it } from 'vitest';
import { paperTable, type TableEntry } from '../tables/paper-tables.ts';
import { svgFile } from './draw-svg.ts';
import { systemsByDatasets } from './heat-map.ts';

const entry = (more: Partial<TableEntry>): TableEntry => ({
  kind: 'system',
  name: 'm',
  strategy: 'standard',
  protocol: 'single-stimulus',
  scenario: 'no-reference',
  dataset: 'spaq',
  study: 's',
  sessionId: 1,
  simulated: false,
  complete: true,
  missing: 0,
  chance: 0.2,
  srcc: { value: 0.8, low: 0.7, high: 0.9 },
  plcc: { value: 0.8, low: null, high: null },
  n: 150,
  references: null,
  ...more
});

it('is honest about what was not run, what has no figure, and what rests on little', () => {
  const entries = [
    entry({}),
    entry({ dataset: 'agiqa', n: 6, srcc: { value: 0.9, low: null, high: null } }),
    entry({ strategy: 'in-context', srcc: { value: null, low: null, high: null }, missing: 1 }),
    entry({ kind: 'people', name: 'people', strategy: null, sessionId: null })
  ];
  const { plot } = systemsByDatasets(paperTable('nine-systems', entries, [], {}));
  expect(plot?.y.categories).toEqual(['m-S · single', 'm-I · single']);
  const cells = plot?.marks.flatMap((mark) => (mark.kind === 'cell' ? [mark] : [])) ?? [];
  const at = (row: number, dataset: string) =>
    cells.find((cell) => cell.row === row && plot?.x.categories?.[cell.column] === dataset);
  expect(at(0, 'spaq')).toMatchObject({ share: 0.8, text: '0.80' });
  expect(at(0, 'agiqa')).toMatchObject({ share: 0, text: '0.90 (n = 6)' });
  expect(at(1, 'spaq')).toMatchObject({ share: null, text: '–' });
  expect(at(1, 'agiqa')).toMatchObject({ share: null, text: '', title: 'm-I · single, agiqa: not run' });
  expect(svgFile(plot!)).toContain('0.80');
  expect(systemsByDatasets(paperTable('nine-systems', [], [], {})).why).toContain('no run');
});
