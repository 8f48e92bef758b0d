import type { Protocol } from '../study.ts';

const SCORE_KEYS = ['score', 'rating', 'answer', 'output', 'result'];
const RANK_KEYS = ['ranks', 'ranking', 'rankings', 'rank', 'scores', ...SCORE_KEYS];

/**
 * What a JSON answer holds where the judgment belongs, as text for the ordinary readers ("85", "85/100",
 * "first: 0, second: 1 …"). `absent`: no JSON here. `problem`: JSON, but without a judgment or with two.
 */
export type JsonRead =
  { found: 'value'; text: string } | { found: 'problem'; reason: string } | { found: 'absent' };

/** Reads the one JSON value in an answer, fenced or with words around it. */
export function readJson(raw: string, protocol: Protocol): JsonRead {
  const value = onlyJson(raw);
  if (value === undefined) return { found: 'absent' };
  if (Array.isArray(value)) return { found: 'value', text: `Score: ${listText(value)}` };
  const keys = protocol === 'multiple-stimulus' ? RANK_KEYS : SCORE_KEYS;
  const own = Object.entries(value as Record<string, unknown>).map(
    ([key, item]) => [key.trim().toLowerCase(), item] as const
  );
  const held = own.filter(([key]) => keys.includes(key));
  if (held.length === 0) {
    if (protocol === 'multiple-stimulus' && own.length > 0) return { found: 'value', text: namedText(own) };
    return { found: 'problem', reason: 'the JSON holds no score' };
  }
  const repeated = repeatedKey(raw, keys);
  if (repeated !== null) return { found: 'problem', reason: `the JSON gives ${repeated} twice` };
  return { found: 'value', text: held.map(([, item]) => `Score: ${valueText(item)}`).join('\n') };
}

/** The parsed object or array, where the answer is one, or holds exactly one among its words. */
function onlyJson(raw: string): object | undefined {
  const fenced = /```[a-z]*\s*\n?([\s\S]*?)```/i.exec(raw);
  const candidates = [fenced?.[1], raw, raw.slice(Math.max(0, raw.indexOf('{')), raw.lastIndexOf('}') + 1)];
  for (const candidate of candidates) {
    if (candidate === undefined || !/^[[{]/.test(candidate.trim())) continue;
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Not JSON: the next candidate, or the readers of words.
    }
  }
  return undefined;
}

/** JSON.parse keeps the last of two equal keys without a word; an answer that gives two is no answer. */
function repeatedKey(raw: string, keys: readonly string[]): string | null {
  const seen = new Map<string, string>();
  for (const match of raw.matchAll(/(?<!\\)"([a-z]+)"\s*:\s*("[^"]*"|[-+.\w]+)/gi)) {
    const key = (match[1] as string).toLowerCase();
    if (!keys.includes(key)) continue;
    const known = seen.get(key);
    if (known !== undefined && known !== match[2]) return key;
    seen.set(key, match[2] as string);
  }
  return null;
}

function valueText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  if (Array.isArray(value)) return listText(value);
  if (typeof value === 'object' && value !== null) return namedText(Object.entries(value));
  return '';
}

function listText(values: readonly unknown[]): string {
  return `[${values.map((value) => (typeof value === 'number' || typeof value === 'string' ? String(value) : '?')).join(', ')}]`;
}

function namedText(entries: readonly (readonly [string, unknown])[]): string {
  return entries
    .map(
      ([key, value]) =>
        `${key.replaceAll('_', ' ')}: ${typeof value === 'number' || typeof value === 'string' ? value : '?'}`
    )
    .join('\n');
}
