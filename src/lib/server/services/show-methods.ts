import { readFile, stat } from 'node:fs/promises';
import { projectFile } from './project-file.ts';

let known: { at: number; text: string } | null = null;

/** docs/methods.md as it lies at the project's root; read again when it changes. */
export async function methodsText(): Promise<string> {
  const file = projectFile('docs/methods.md');
  const { mtimeMs } = await stat(file);
  if (known === null || known.at !== mtimeMs) known = { at: mtimeMs, text: await readFile(file, 'utf8') };
  return known.text;
}
