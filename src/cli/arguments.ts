import { parseArgs } from 'node:util';
import path from 'node:path';
import { BadInput } from '#lib/server/tables/bad-input.ts';

export type OptionSpec =
  | { type: 'flag' }
  | { type: 'text' }
  | { type: 'choice'; of: readonly string[] }
  | { type: 'number'; min?: number; max?: number; exclusiveMin?: number }
  | { type: 'integer'; min?: number; max?: number };

export interface ParsedArguments {
  positionals: string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
}

/**
 * Parses a command's arguments strictly: an unknown option, a missing or ill-typed value, an option given
 * twice or a wrong number of positionals is a BadInput (exit 2).
 *
 * @param positionals the names of the positional arguments, all required.
 */
export function parseCommand(
  command: string,
  argv: readonly string[],
  positionals: readonly string[],
  options: Record<string, OptionSpec>
): ParsedArguments {
  const usage = `see: limen ${command} --help`;
  const known: Record<string, { type: 'boolean' | 'string'; multiple: true; short?: string }> = {};
  for (const [name, spec] of Object.entries(options)) {
    known[name] = { type: spec.type === 'flag' ? 'boolean' : 'string', multiple: true };
    if (name === 'n') known[name].short = 'n';
  }
  let parsed;
  try {
    parsed = parseArgs({
      args: joinNegativeValues(argv, options),
      options: known,
      allowPositionals: true,
      strict: true
    });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new BadInput(`limen ${command}: ${message.replace(/\.? To specify.*$/, '')} (${usage})`);
  }
  const values = parsed.values as Record<string, (string | boolean)[] | undefined>;
  for (const [name, given] of Object.entries(values)) {
    if (given && given.length > 1) throw new BadInput(`limen ${command}: --${name} is given twice`);
  }
  // In square brackets: may be left out.
  if (parsed.positionals.length < positionals.filter((name) => !name.startsWith('[')).length) {
    const missing = positionals[parsed.positionals.length] as string;
    throw new BadInput(`limen ${command}: ${missing} is missing (${usage})`);
  }
  if (parsed.positionals.length > positionals.length) {
    const extra = parsed.positionals[positionals.length] as string;
    throw new BadInput(`limen ${command}: one argument too many: ${JSON.stringify(extra)} (${usage})`);
  }
  const blank = parsed.positionals.findIndex((given) => given.trim() === '');
  if (blank !== -1) throw new BadInput(`limen ${command}: ${positionals[blank]} is empty (${usage})`);
  const first = (name: string) => values[name]?.[0];
  const numbers = new Map<string, number>();
  for (const [name, spec] of Object.entries(options)) {
    const given = first(name);
    if (given === undefined || typeof given === 'boolean') continue;
    if (given === '' && spec.type !== 'text') throw new BadInput(`limen ${command}: --${name} needs a value`);
    if (spec.type === 'choice' && !spec.of.includes(given)) {
      throw new BadInput(
        `limen ${command}: --${name} is one of ${spec.of.join(', ')}, not ${JSON.stringify(given)}`
      );
    }
    if (spec.type === 'number' || spec.type === 'integer')
      numbers.set(name, numeric(command, name, given, spec));
  }
  return {
    positionals: parsed.positionals,
    flag: (name) => first(name) === true,
    text: (name) => {
      const given = first(name);
      return typeof given === 'string' ? given : undefined;
    },
    number: (name) => numbers.get(name)
  };
}

/** Paths are the caller's: npm runs a script in the package's folder and says in INIT_CWD where it was called. */
export function resolvePath(given: string): string {
  const base = process.env['npm_lifecycle_event'] === 'limen' ? process.env['INIT_CWD'] : undefined;
  return path.resolve(base ?? process.cwd(), given);
}

function numeric(
  command: string,
  name: string,
  given: string,
  spec: { type: 'number' | 'integer'; min?: number; max?: number; exclusiveMin?: number }
): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(given) ? Number(given) : Number.NaN;
  const kind = spec.type === 'integer' ? 'a whole number' : 'a finite number';
  const good =
    Number.isFinite(value) &&
    (spec.type === 'number' || Number.isSafeInteger(value)) &&
    (spec.min === undefined || value >= spec.min) &&
    (spec.exclusiveMin === undefined || value > spec.exclusiveMin) &&
    (spec.max === undefined || value <= spec.max);
  if (good) return value;
  const bounds = [
    spec.min === undefined ? '' : `at least ${spec.min}`,
    spec.exclusiveMin === undefined ? '' : `above ${spec.exclusiveMin}`,
    spec.max === undefined ? '' : `at most ${spec.max}`
  ].filter((part) => part !== '');
  throw new BadInput(
    `limen ${command}: --${name} is ${[kind, ...bounds].join(', ')}, not ${JSON.stringify(given)}`
  );
}

/** `--lambda -0.5` means a negative value, which parseArgs alone would take for an option. */
function joinNegativeValues(argv: readonly string[], options: Record<string, OptionSpec>): string[] {
  const result: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    const spec = word.startsWith('--') && !word.includes('=') ? options[word.slice(2)] : undefined;
    const next = argv[i + 1];
    const numericOption = spec?.type === 'number' || spec?.type === 'integer';
    if (numericOption && next !== undefined && /^-[\d.]/.test(next)) {
      result.push(`${word}=${next}`);
      i++;
    } else {
      result.push(word);
    }
  }
  return result;
}
