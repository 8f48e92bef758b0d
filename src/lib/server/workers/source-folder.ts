import { existsSync } from 'node:fs';
import path from 'node:path';

/** Threads run from the source (Node runs TypeScript as it is), also when the caller was built. */
export function sourceFolder(): string {
  let directory = import.meta.dirname;
  for (;;) {
    const candidate = path.join(directory, 'src', 'lib', 'server', 'workers', 'thread.ts');
    if (existsSync(candidate)) return path.join(directory, 'src');
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('the folder src/ was not found beside the build');
    directory = parent;
  }
}
