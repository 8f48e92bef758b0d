import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import yauzl from 'yauzl';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export interface SourceFile {
  /** Relative to the source's root, with forward slashes. */
  path: string;
  byteLength: number;
  read(): Promise<Uint8Array>;
}

/** Where an import's files come from: a folder on this machine, or a zip that was uploaded. */
export interface ImageSource {
  label: string;
  /** Every regular file in path order; hidden ones and those of archive tools are left out. */
  files(): Promise<SourceFile[]>;
  close(): Promise<void>;
}

/** Refused before it is read: nothing that a rater could be shown is this large. */
export const LARGEST_FILE_BYTES = 512 * 2 ** 20;

export async function folderSource(root: string, label: string): Promise<ImageSource> {
  let info;
  try {
    info = await stat(root);
  } catch {
    throw new BadInput('there is no such folder', { file: label });
  }
  if (!info.isDirectory()) throw new BadInput('is not a folder', { file: label });
  return {
    label,
    async files() {
      const found: SourceFile[] = [];
      const queue = [''];
      while (queue.length > 0) {
        const folder = queue.pop() as string;
        const entries = await readdir(path.join(root, folder), { withFileTypes: true });
        for (const entry of entries) {
          if (isHidden(entry.name)) continue;
          const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
          if (entry.isDirectory()) queue.push(relative);
          // Symbolic links are not followed: an import takes what lies in the folder it was given.
          if (!entry.isFile()) continue;
          const full = path.join(root, relative);
          found.push({ path: relative, byteLength: (await stat(full)).size, read: () => readFile(full) });
        }
      }
      return found.sort(byPath);
    },
    async close() {}
  };
}

/** @throws BadInput when the file is no zip that can be read. */
export async function zipSource(file: string, label: string): Promise<ImageSource> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw new BadInput(`is no zip archive that can be read (${message(error)})`, { file: label });
  }
  let listed: Promise<SourceFile[]> | null = null;
  return {
    label,
    // An archive is gone through once; whoever asks again gets the same files.
    files: () => (listed ??= list()),
    async close() {
      zip.close();
    }
  };

  async function list(): Promise<SourceFile[]> {
    const found: SourceFile[] = [];
    const seen = new Set<string>();
    try {
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName;
        if (name.endsWith('/') || name.split('/').some((part) => isHidden(part) || part === '__MACOSX'))
          continue;
        if (entry.isEncrypted()) throw new BadInput(`${JSON.stringify(name)} is encrypted`, { file: label });
        if (seen.has(name)) throw new BadInput(`holds ${JSON.stringify(name)} twice`, { file: label });
        seen.add(name);
        found.push({
          path: name,
          byteLength: entry.uncompressedSize,
          read: async () => {
            const stream = await zip.openReadStreamPromise(entry);
            const chunks: Buffer[] = [];
            for await (const chunk of stream) chunks.push(chunk as Buffer);
            return Buffer.concat(chunks);
          }
        });
      }
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(`is a broken zip archive (${message(error)})`, { file: label });
    }
    return withoutCommonFolder(found).sort(byPath);
  }
}

/** A zip of one folder: that folder's name is not part of a stimulus's name. */
function withoutCommonFolder(files: SourceFile[]): SourceFile[] {
  const first = files[0]?.path.split('/')[0];
  if (first === undefined || !files.every((file) => file.path.startsWith(`${first}/`))) return files;
  return files.map((file) => ({ ...file, path: file.path.slice(first.length + 1) }));
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';
}

function byPath(a: SourceFile, b: SourceFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
