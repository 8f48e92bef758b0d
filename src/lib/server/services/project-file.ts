import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A file of the project that is not part of the build (documents, package.json): it lies at the project's root, above
 * source and build alike.
 */
export function projectFile(name: string): string {
  let directory = import.meta.dirname;
  for (;;) {
    if (existsSync(path.join(directory, 'drizzle', 'meta', '_journal.json')))
      return path.join(directory, name);
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error(`the project's root, and ${name} in it, was not found`);
    directory = parent;
  }
}

/** The lab's own version. */
export function projectVersion(): string {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
  return version;
}
