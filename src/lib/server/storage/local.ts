import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Storage } from './storage.ts';

/** A folder of files named by their hash, two levels deep so that no folder grows beyond reason. */
export function localStorage(root: string): Storage {
  const isHash = (name: string) => /^[0-9a-f]{64}$/.test(name);
  const isLeftover = (name: string) => /^\.[0-9a-f-]{36}$/.test(name);
  const fileOf = (sha256: string) => path.join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const known = new Set<string>();

  return {
    label: root,
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file = fileOf(sha256);
      if (await touched(file)) return sha256;
      const directory = path.dirname(file);
      if (!known.has(directory)) {
        await mkdir(directory, { recursive: true });
        known.add(directory);
      }
      // Written beside its place and moved there: a crash leaves a stray temporary file, never half an image.
      const temporary = path.join(root, `.${randomUUID()}`);
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
      } catch (error) {
        await handle.close();
        await unlink(temporary).catch(() => {});
        throw error;
      }
      await handle.close();
      await rename(temporary, file);
      return sha256;
    },
    async get(sha256) {
      if (!isHash(sha256)) return null;
      try {
        return await readFile(fileOf(sha256));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async *list() {
      const below = async (directory: string) => {
        try {
          return await readdir(directory, { withFileTypes: true });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
          throw error;
        }
      };
      const waiting = [root];
      for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
        for (const entry of await below(directory)) {
          const { name } = entry;
          const file = path.join(directory, name);
          if (entry.isDirectory()) waiting.push(file);
          else if (isHash(name) || isLeftover(name)) {
            const facts = await stat(file).catch(() => null);
            if (facts) yield { name, byteLength: facts.size, modifiedAt: facts.mtime };
          }
        }
      }
    },
    async remove(name, unlessSince) {
      if (!isHash(name) && !isLeftover(name)) throw new Error(`nothing is stored as ${JSON.stringify(name)}`);
      const file = isHash(name) ? fileOf(name) : path.join(root, name);
      // Taken aside before its age is looked at: whoever puts the same bytes from now on finds nothing, and writes them.
      const aside = path.join(root, `.${randomUUID()}`);
      try {
        await rename(file, aside);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
      if ((await stat(aside)).mtime > unlessSince) {
        await rename(aside, file);
        return false;
      }
      await unlink(aside);
      return true;
    }
  };
}

/** Whether the file is there; it counts as put now, so that no sweep takes it for old. */
async function touched(file: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(file, now, now);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
