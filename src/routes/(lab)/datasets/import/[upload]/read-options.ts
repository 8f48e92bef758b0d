import type { ColumnMapping, MosColumn } from '#lib/server/services/import/mos-table.ts';
import type { UploadOptions } from '#lib/server/services/import/uploads.ts';

export const COLUMNS: readonly MosColumn[] = [
  'stimulus',
  'mos',
  'sigma',
  'n',
  'reference',
  'distortion',
  'level',
  'content'
];

/** What the mapping page's form says. An empty column is one that the list does not have. */
export function readOptions(form: FormData): UploadOptions {
  const text = (key: string) => String(form.get(key) ?? '').trim();
  const columns: ColumnMapping = {};
  for (const key of COLUMNS) columns[key] = text(`column-${key}`);
  const low = text('mos-low');
  const high = text('mos-high');
  const number = (value: string) => (value === '' ? NaN : Number(value));
  return {
    name: text('name'),
    scenario: text('scenario') === 'full-reference' ? 'full-reference' : 'no-reference',
    layout: (text('layout') || 'folder') as UploadOptions['layout'],
    list: text('list') || null,
    columns,
    mosRange: low === '' && high === '' ? null : { low: number(low), high: number(high) },
    lowerIsBetter: text('direction') === 'lower',
    licence: text('licence') || null,
    attribute: text('attribute') || null,
    cleanMetadata: text('clean-metadata') === 'yes',
    ifMissing: text('if-missing') === 'yes'
  };
}
