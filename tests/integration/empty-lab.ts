import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { readConfig } from '../../src/lib/server/config.ts';
import { openLab } from '../../src/lib/server/lab.ts';

/** Where an empty lab on the embedded database lies, ready to be copied: making one takes four times as long. */
const TEMPLATE = 'LIMEN_TEST_EMPTY_LAB';

/**
 * For vitest and Playwright alike, before all tests: migrates one empty lab, which labs of tests then begin as copies of.
 * What makes a lab its own (its key) is taken out again.
 *
 * @returns what takes it away.
 */
export default async function prepareEmptyLab(): Promise<() => void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-empty-'));
  const lab = await openLab(readConfig({ DATA_DIR: directory, DATABASE_URL: '', LOG_LEVEL: 'fatal' }), {
    works: false
  });
  await lab.db.execute(sql`delete from lab_settings`);
  await lab.close();
  process.env[TEMPLATE] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}

/** Puts the empty lab into a data directory that does not exist yet; without one the lab will make its own. */
export function beginAsEmptyLab(dataDir: string): void {
  const template = process.env[TEMPLATE];
  if (template) cpSync(path.join(template, 'pglite'), path.join(dataDir, 'pglite'), { recursive: true });
}
