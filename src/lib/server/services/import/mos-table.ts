import { BadInput } from '#lib/server/tables/bad-input.ts';
import { numberIn, quoted, readTable, type TableSource } from '#lib/server/tables/read-table.ts';

/** One line of human values, before its picture is looked for. */
export interface MosRow {
  line: number;
  stimulus: string;
  reference: string | null;
  mos: number | null;
  sigma: number | null;
  n: number | null;
  distortion: string | null;
  level: number | null;
  content: string | null;
}

/** Which column of the file holds what. */
export type MosColumn = Exclude<keyof MosRow, 'line'>;
export type ColumnMapping = Partial<Record<MosColumn, string>>;

export interface Refusal {
  file: string;
  line: number | null;
  reason: string;
}

export interface MosTable {
  label: string;
  rows: MosRow[];
  refused: Refusal[];
  /** The stimuli that refused rows name, where they could be read. */
  refusedNames?: string[];
  mapping: ColumnMapping;
}

/** Names under which published lists carry each value; the first that the header has is taken. */
const KNOWN: Record<MosColumn, readonly string[]> = {
  stimulus: ['stimulus', 'image', 'name', 'dist_img', 'distorted', 'filename', 'file', 'image_name', 'img'],
  reference: ['reference', 'ref_img', 'ref', 'reference_image'],
  mos: ['mos', 'dmos', 'mos_quality', 'MOS', 'score', 'mean', 'quality'],
  sigma: ['sigma', 'std', 'mos_std', 'std_quality', 'sd', 'SD', 'stdev'],
  n: ['n', 'count', 'ratings', 'n_ratings'],
  distortion: ['distortion', 'distortion_type', 'dist_type'],
  level: ['level', 'dist_level', 'severity'],
  content: ['content', 'scene']
};

/** The columns of a header that are understood, by name; what the person said goes before. */
export function mapColumns(header: readonly string[], given: ColumnMapping): ColumnMapping {
  const mapping: ColumnMapping = {};
  for (const key of Object.keys(KNOWN) as MosColumn[]) {
    const said = given[key];
    const found = said ?? KNOWN[key].find((name) => header.includes(name));
    if (found !== undefined && found !== '') mapping[key] = found;
  }
  return mapping;
}

/**
 * Reads `--columns stimulus=a,mos=b,sigma=c,reference=d`.
 * @throws BadInput for an unknown part.
 */
export function parseColumns(text: string): ColumnMapping {
  const mapping: ColumnMapping = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const key = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (at < 1 || value === '' || !(key in KNOWN)) {
      throw new BadInput(
        `--columns takes parts such as mos=COLUMN (${Object.keys(KNOWN).join(', ')}), not ${quoted(part)}`
      );
    }
    mapping[key as MosColumn] = value;
  }
  return mapping;
}

/**
 * A CSV of human values. A row that cannot be used is refused with its line; the others are taken.
 * @throws BadInput for what makes the whole file unusable: a missing column, no header, not UTF-8.
 */
export async function readMosCsv(
  source: TableSource,
  given: ColumnMapping,
  { pairs }: ListOptions = {}
): Promise<MosTable> {
  const rows: MosRow[] = [];
  const refused: Refusal[] = [];
  const refusedNames: string[] = [];
  let mapping: ColumnMapping = {};
  const place = new Map<MosColumn, number>();
  const seen = new Map<string, number>();
  const refuse = (problem: BadInput) =>
    refused.push({ file: source.label, line: problem.place.line ?? null, reason: problem.reason });

  await readTable(
    source,
    [],
    (header) => {
      mapping = mapColumns(header.names, given);
      for (const [key, name] of Object.entries(mapping) as [MosColumn, string][]) {
        const at = header.indexOf(name);
        if (at === -1) {
          throw new BadInput(
            `this column is missing; the header has ${header.names.map(quoted).join(', ')}`,
            {
              file: source.label,
              line: 1,
              column: name
            }
          );
        }
        place.set(key, at);
      }
      for (const key of ['stimulus', 'mos'] as const) {
        if (place.has(key)) continue;
        throw new BadInput(
          `no column for the ${key === 'mos' ? 'MOS' : 'stimulus'} was recognised; the header has ` +
            `${header.names.map(quoted).join(', ')} (say --columns ${key}=COLUMN)`,
          { file: source.label, line: 1, column: key }
        );
      }
    },
    ({ cells, line }) => {
      const cell = (key: MosColumn): string => {
        const at = place.get(key);
        return at === undefined ? '' : (cells[at] ?? '').trim();
      };
      const number = (key: MosColumn): number | null =>
        cell(key) === ''
          ? null
          : numberIn(cell(key), { file: source.label, line, column: mapping[key] ?? key });
      const stimulus = normalName(cell('stimulus'));
      try {
        if (stimulus === '') {
          throw new BadInput('names no stimulus', {
            file: source.label,
            line,
            column: mapping.stimulus ?? 'stimulus'
          });
        }
        const row: MosRow = {
          line,
          stimulus,
          reference: normalName(cell('reference')) || null,
          mos: number('mos'),
          sigma: number('sigma'),
          n: number('n'),
          distortion: cell('distortion') || null,
          level: number('level'),
          content: cell('content') || null
        };
        checkRow(row, source.label, mapping, seen, pairs);
        rows.push(row);
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        if (stimulus !== '') refusedNames.push(stimulus);
        refuse(error);
      }
    },
    refuse
  );
  return { label: source.label, rows, refused, refusedNames, mapping };
}

/**
 * A list without a header, separated by spaces or tabs: `name mos std`, `reference distorted mos std`, or, where its
 * authors give no spread, `reference distorted mos`. Lists that also have an id in front are not guessed at.
 */
export async function readMosList(source: TableSource, { pairs }: ListOptions = {}): Promise<MosTable> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for await (const chunk of source.bytes) text += decoder.decode(chunk, { stream: true });
    text += decoder.decode();
  } catch {
    throw new BadInput('is not UTF-8 text', { file: source.label });
  }
  const rows: MosRow[] = [];
  const refused: Refusal[] = [];
  const seen = new Map<string, number>();
  const mapping: ColumnMapping = { stimulus: 'name', mos: 'mos', sigma: 'std' };
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const words = raw.trim().split(/\s+/);
    if (words.length === 1 && words[0] === '') return;
    const line = index + 1;
    try {
      if (words.length !== 3 && words.length !== 4) {
        throw new BadInput(
          `has ${words.length} words; "name mos std", "reference distorted mos" or "reference distorted mos std" is needed`,
          { file: source.label, line }
        );
      }
      // Of three words the second is a number, or a picture's name.
      const spread = words.length === 4 || isNumber(words[1] as string);
      const [std, mos, distorted, reference] = (
        spread ? words.toReversed() : ['', ...words.toReversed()]
      ) as [string, string, string, string?];
      const row: MosRow = {
        line,
        stimulus: normalName(distorted),
        reference: reference === undefined ? null : normalName(reference),
        mos: numberIn(mos, { file: source.label, line, column: 'mos' }),
        sigma: spread ? numberIn(std, { file: source.label, line, column: 'std' }) : null,
        n: null,
        distortion: null,
        level: null,
        content: null
      };
      checkRow(row, source.label, mapping, seen, pairs);
      rows.push(row);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      refused.push({ file: source.label, line, reason: error.reason });
    }
  });
  if (rows.length === 0 && refused.length === 0)
    throw new BadInput('is empty', { file: source.label, line: 1 });
  return { label: source.label, rows, refused, mapping };
}

/** The opinion scale that values most likely were given on: the narrowest of the usual ones that holds them. */
export function inferMosRange(rows: readonly MosRow[]): { low: number; high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { mos } of rows) {
    if (mos === null) continue;
    low = Math.min(low, mos);
    high = Math.max(high, mos);
  }
  if (low > high || low < 0 || high > 100) return null;
  if (high <= 1) return { low: 0, high: 1 };
  if (low >= 1 && high <= 5) return { low: 1, high: 5 };
  if (high <= 10) return { low: 0, high: 10 };
  return { low: 0, high: 100 };
}

export interface ListOptions {
  /** Rows are pairs: a picture may stand in several, the same two pictures only once. */
  pairs?: boolean | undefined;
}

/** What a pair of pictures is called: what is judged, then what it is compared with. */
export function pairName(stimulus: string, reference: string): string {
  return `${stimulus}~${reference}`;
}

function isNumber(word: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) || /^[+-]?(nan|inf(inity)?)$/i.test(word);
}

function checkRow(
  row: MosRow,
  file: string,
  mapping: ColumnMapping,
  seen: Map<string, number>,
  pairs = false
): void {
  const column = (key: MosColumn) => mapping[key] ?? key;
  const name = pairs ? pairName(row.stimulus, row.reference ?? '') : row.stimulus;
  // A difference has no direction: the other way round it is the same pair.
  const reversed = pairs ? pairName(row.reference ?? '', row.stimulus) : name;
  const before = seen.get(name) ?? seen.get(reversed);
  if (before !== undefined) {
    throw new BadInput(`${quoted(name)} stands on line ${before} already`, {
      file,
      line: row.line,
      column: column('stimulus')
    });
  }
  seen.set(name, row.line);
  if (row.sigma !== null && row.sigma < 0) {
    throw new BadInput(`a standard deviation of ${row.sigma} is impossible`, {
      file,
      line: row.line,
      column: column('sigma')
    });
  }
  if (row.n !== null && (!Number.isSafeInteger(row.n) || row.n < 1 || row.n > 2 ** 31 - 1)) {
    throw new BadInput(`${row.n} is no number of ratings`, { file, line: row.line, column: column('n') });
  }
  if (row.level !== null && (!Number.isSafeInteger(row.level) || Math.abs(row.level) > 32767)) {
    throw new BadInput(`a level is a whole number, not ${row.level}`, {
      file,
      line: row.line,
      column: column('level')
    });
  }
}

/** `./a\b.png` and `a/b.png` are the same stimulus. */
function normalName(name: string): string {
  return name
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');
}
