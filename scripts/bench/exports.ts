import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readConfig } from '../../src/lib/server/config.ts';
import { openLab } from '../../src/lib/server/lab.ts';
import { startPostgres } from '../postgres.ts';
import type { MeasuredExport } from './export-process.ts';
import { makeLargeStudy } from './large-study.ts';
import { fixed, machine, table } from './measure.ts';

const RATINGS = [
  ...['responses.csv', 'responses.json', 'responses.jsonl', 'responses.parquet'],
  ...['design.csv', 'sittings.csv', 'sureal.py', 'sureal-matrix.csv'],
  ...['scores.csv', 'scores.parquet', 'agreement.csv', 'pyiqa.csv', 'latex.tex'],
  ...['psych-ds.zip', 'bundle.zip']
];
const VOTES = ['pwcmp.csv', 'responses.parquet'];

/**
 * exports [N] [--pglite]: every export of a study of N answers (1,000,000: 500 raters, 10,000 stimuli), each in a process
 * of its own: how long, how large, and the most memory that the process ever had, beside one that exports nothing. The
 * database runs beside it (PostgreSQL); with --pglite it is inside, and counted.
 */
export async function run(args: string[]): Promise<void> {
  const embedded = args.includes('--pglite');
  const answers = Number(args.find((argument) => !argument.startsWith('--')) ?? 1_000_000);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const postgres = embedded ? null : await startPostgres();
  const environment = { DATA_DIR: directory, DATABASE_URL: postgres?.url ?? '', LOG_LEVEL: 'error' };
  try {
    console.log(`${machine()}; ${embedded ? 'PGlite' : 'PostgreSQL'}; ${answers} answers`);
    const lab = await openLab(readConfig(environment), { works: false });
    try {
      const size = { raters: 500, stimuli: 10_000, answers };
      await makeLargeStudy(lab.db, { ...size, protocol: 'single-stimulus' });
      await makeLargeStudy(lab.db, { ...size, protocol: 'double-stimulus' });
      await lab.db.execute(sql`analyze`);
    } finally {
      await lab.close();
    }
    const rows: (string | number | null)[][] = [['file', 's', 'first byte s', 'MB', 'peak MiB', 'heap MiB']];
    const all: [string, string][] = [
      ['large-single-stimulus', 'nothing'],
      ...RATINGS.map((file): [string, string] => ['large-single-stimulus', file]),
      ...VOTES.map((file): [string, string] => ['large-double-stimulus', file])
    ];
    for (const [study, file] of all) {
      const { seconds, first, size, peak, heap } = await exported(environment, study, file);
      rows.push([
        study === 'large-single-stimulus' ? file : `${file} (pairs)`,
        fixed(seconds),
        fixed(first, 2),
        fixed(size / 1e6),
        fixed(peak, 0),
        fixed(heap, 0)
      ]);
    }
    table(rows);
  } finally {
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function exported(environment: Record<string, string>, study: string, file: string): Promise<MeasuredExport> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('export-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, study, file], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit']
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve(JSON.parse(text) as MeasuredExport)
        : reject(new Error(`the export of ${file} ended with ${code}`))
    );
  });
}
