import { statfs } from 'node:fs/promises';
import * as facts from '#lib/server/db/facts.ts';
import type { Lab } from './lab.ts';
import { projectVersion } from './project-file.ts';

export interface LabFacts {
  version: string;
  node: string;
  /** "PostgreSQL" or the embedded one, with its version. */
  database: string;
  databaseBytes: number | null;
  dataDir: string;
  pictures: number;
  pictureBytes: number;
  responses: number;
  /** Left on the disk of the data directory; null where it does not say. */
  freeBytes: number | null;
  maxUploadBytes: number;
}

/** What runs here and how much it holds. */
export async function describeLab(lab: Pick<Lab, 'db' | 'config'>): Promise<LabFacts> {
  const { version, bytes, pictures, pictureBytes, responses } = await facts.read(lab.db);
  const disk = await statfs(lab.config.dataDir).catch(() => null);
  return {
    version: projectVersion(),
    node: process.version,
    database: `${lab.config.databaseUrl === null ? 'PGlite, PostgreSQL in this process,' : 'PostgreSQL'} ${version}`,
    databaseBytes: bytes,
    dataDir: lab.config.dataDir,
    pictures,
    pictureBytes,
    responses,
    freeBytes: disk === null ? null : disk.bavail * disk.bsize,
    maxUploadBytes: lab.config.maxUploadBytes
  };
}
