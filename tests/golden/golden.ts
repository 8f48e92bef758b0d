import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const place = fileURLToPath(new URL('../../../shared/golden', import.meta.url));
let told = false;

/**
 * Where the shared reference values lie, or null where this checkout has none beside it. They are not part
 * of the project (some are under licences of their own), so tests that need them use
 * `describe.skipIf(goldenDir() === null)`; the absence is said once per test file.
 */
export function goldenDir(): string | null {
  if (existsSync(path.join(place, 'README.md'))) return place;
  if (!told) {
    told = true;
    console.warn(`SKIPPED: tests against reference values need ${place}, which is not there.`);
  }
  return null;
}

/**
 * A reference file, parsed.
 *
 * @param name with or without ".json", e.g. "corr_avt_ai_images".
 * @throws Error when the reference values are not there: ask goldenDir() first.
 */
export function readGolden<T = unknown>(name: string): T {
  return JSON.parse(readGoldenText(name.endsWith('.json') ? name : `${name}.json`)) as T;
}

/** The text of a file under the reference directory, e.g. "data/nflx_public_ratings.csv". */
export function readGoldenText(name: string): string {
  const dir = goldenDir();
  if (dir === null) throw new Error(`reference values are not there: ${name}`);
  return readFileSync(path.join(dir, name), 'utf8');
}

/** The rows of a reference CSV (plain, without quotes) as objects from header to cell. */
export function readGoldenRows(name: string): Record<string, string>[] {
  const [header = '', ...lines] = readGoldenText(name)
    .replace(/^\ufeff/, '')
    .trim()
    .split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((column, index) => [column, cells[index] ?? '']));
  });
}
