import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { readConfig } from '../../src/lib/server/config.ts';
import { openLab } from '../../src/lib/server/lab.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { exportLayout, exportTable, type ExportedFile } from '../../src/lib/server/services/export-study.ts';
import { startPostgres } from '../postgres.ts';
import { makeLargeStudy } from './large-study.ts';
import { fixed, machine, table } from './measure.ts';

/**
 * exports [N] [--pglite]: every export of a study of N answers (1,000,000: 500 raters, 10,000 stimuli): how long, how
 * large, and how much this process grew meanwhile. The database runs beside it (PostgreSQL), so that the growth is the
 * export's own; with --pglite it is inside, and counted.
 */
export async function run(args: string[]): Promise<void> {
  const embedded = args.includes('--pglite');
  const answers = Number(args.find((argument) => !argument.startsWith('--')) ?? 1_000_000);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const postgres = embedded ? null : await startPostgres();
  const lab = await openLab(
    readConfig({ DATA_DIR: directory, DATABASE_URL: postgres?.url ?? '', LOG_LEVEL: 'error' }),
    { works: false }
  );
  try {
    console.log(`${machine()}; ${embedded ? 'PGlite' : 'PostgreSQL'}`);
    const began = performance.now();
    await makeLargeStudy(lab.db, { raters: 500, stimuli: 10_000, answers });
    await lab.db.execute(sql`analyze`);
    console.log(`${answers} answers made in ${fixed((performance.now() - began) / 1000)} s`);
    const study = (await studies.byName(lab.db, 'large')) as studies.Study;
    const files: [string, () => Promise<ExportedFile>][] = [
      ...(['csv', 'json', 'jsonl', 'parquet'] as const).map(
        (format) =>
          [`responses.${format}`, () => exportTable(lab, study, 'responses', format)] as [
            string,
            () => Promise<ExportedFile>
          ]
      ),
      ['design.csv', () => exportTable(lab, study, 'design', 'csv')],
      ['sureal.py', () => exportLayout(lab, study, 'sureal')],
      ['sureal-matrix.csv', () => exportLayout(lab, study, 'sureal-matrix')],
      ['scores.csv (analysed first)', () => exportTable(lab, study, 'scores', 'csv')],
      ['scores.csv', () => exportTable(lab, study, 'scores', 'csv')],
      ['agreement.csv', () => exportTable(lab, study, 'agreement', 'csv')],
      ['psych-ds.zip', () => exportLayout(lab, study, 'psych-ds')]
    ];
    const rows: (string | number | null)[][] = [['file', 's', 'first byte s', 'MB', 'grew MiB', 'peak MiB']];
    for (const [name, open] of files) rows.push([name, ...(await measured(open))]);
    table(rows);
  } finally {
    await lab.close();
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(open: () => Promise<ExportedFile>): Promise<(string | null)[]> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  let size = 0;
  const began = performance.now();
  let first: number | null = null;
  for await (const piece of (await open()).stream) {
    first ??= performance.now() - began;
    size += piece.length;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  return [
    fixed((performance.now() - began) / 1000),
    fixed((first ?? 0) / 1000, 2),
    fixed(size / 1e6),
    fixed((peak - before) / 2 ** 20, 0),
    fixed(peak / 2 ** 20, 0)
  ];
}
