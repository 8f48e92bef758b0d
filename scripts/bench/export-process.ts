// export-process.ts STUDY FILE: one export in a process of its own; says as JSON what it took. FILE may be "nothing".
import { readConfig } from '../../src/lib/server/config.ts';
import { openLab, type OpenLab } from '../../src/lib/server/lab.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { exportBundle } from '../../src/lib/server/services/bundle/export-bundle.ts';
import {
  exportLayout,
  exportTable,
  type Layout,
  type TableFormat,
  type TableName
} from '../../src/lib/server/services/export-study.ts';
import { peakMiB } from './measure.ts';

export interface MeasuredExport {
  seconds: number;
  /** Seconds to the first byte. */
  first: number;
  /** Bytes. */
  size: number;
  /** The most memory that the process ever had. */
  peak: number;
  /** The most that its objects took, garbage among them. */
  heap: number;
}

const TABLE_FORMATS: readonly string[] = ['csv', 'json', 'jsonl', 'parquet'];
const LAYOUTS: readonly string[] = ['psych-ds', 'sureal', 'sureal-matrix', 'pwcmp', 'pyiqa', 'latex'];

async function stream(lab: OpenLab, study: studies.Study, file: string): Promise<AsyncIterable<Uint8Array>> {
  const [name = '', ending = ''] = file.split('.');
  if (name === 'bundle') return exportBundle(lab, study, { pictures: false });
  if (LAYOUTS.includes(name)) return (await exportLayout(lab, study, name as Layout)).stream;
  if (!TABLE_FORMATS.includes(ending)) throw new Error(`there is no export ${file}`);
  return (await exportTable(lab, study, name as TableName, ending as TableFormat)).stream;
}

const [address = '', file = ''] = process.argv.slice(2);
const lab = await openLab(readConfig(process.env), { works: false });
const study = await studies.byName(lab.db, address);
if (!study) throw new Error(`there is no study ${address}`);
const began = performance.now();
let first: number | null = null;
let size = 0;
let heap = process.memoryUsage().heapUsed;
if (file !== 'nothing') {
  for await (const piece of await stream(lab, study, file)) {
    first ??= performance.now() - began;
    size += piece.length;
    heap = Math.max(heap, process.memoryUsage().heapUsed);
  }
}
const seconds = (performance.now() - began) / 1000;
const measured: MeasuredExport = {
  seconds,
  first: (first ?? 0) / 1000,
  size,
  peak: peakMiB(process.pid) ?? Number.NaN,
  heap: heap / 2 ** 20
};
console.log(JSON.stringify(measured));
await lab.close();
