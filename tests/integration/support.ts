import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import sharp from 'sharp';
import { readConfig, type Config } from '../../src/lib/server/config.ts';
import { openLab, type OpenLab } from '../../src/lib/server/lab.ts';
import { beginAsEmptyLab } from './empty-lab.ts';

export interface TestLab {
  lab: OpenLab;
  config: Config;
  directory: string;
  /** Closes and opens again, as a new process would. */
  reopen(): Promise<OpenLab>;
  remove(): Promise<void>;
}

/** A lab of its own: on PGlite, or on a fresh database of the PostgreSQL that TEST_DATABASE_URL names. */
export async function openTestLab(options: { works?: boolean; embedded?: boolean } = {}): Promise<TestLab> {
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-lab-'));
  const server = options.embedded ? null : process.env['TEST_DATABASE_URL'] || null;
  const database = server === null ? null : await createDatabase(server);
  const config = readConfig({
    DATA_DIR: path.join(directory, 'data'),
    DATABASE_URL: database?.url ?? '',
    LOG_LEVEL: 'fatal'
  });
  if (database === null) beginAsEmptyLab(config.dataDir);
  const works = options.works ?? false;
  const state = { lab: await openLab(config, { works }) };
  return {
    get lab() {
      return state.lab;
    },
    config,
    directory,
    async reopen() {
      await state.lab.close();
      state.lab = await openLab(config, { works });
      return state.lab;
    },
    async remove() {
      await state.lab.close();
      await database?.drop();
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

export async function createDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `limen_${Math.random().toString(36).slice(2, 12)}`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      const again = postgres(server, { max: 1, onnotice: () => {} });
      await again.unsafe(`drop database if exists ${name} with (force)`);
      await again.end();
    }
  };
}

/** A small picture that is different for every number. */
export async function picture(
  number: number,
  format: 'png' | 'jpeg' | 'webp' = 'png',
  side = 24
): Promise<Uint8Array> {
  const data = Buffer.alloc(side * side * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * (number + 3) * 7 + number * 53) % 256;
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}
