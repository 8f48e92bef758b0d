import type { OptionSpec, ParsedArguments } from './arguments.ts';

/** Where a command writes. Standard output holds its result and nothing else. */
export interface Terminal {
  out(text: string): void;
  /** Progress and warnings, one line each. */
  note(text: string): void;
  /** Draws over the last line on a terminal, prints a plain line at most every few seconds elsewhere. */
  progress(text: string): void;
}

export interface Command {
  name: string;
  /** One line for the overview. */
  summary: string;
  usage: string;
  positionals: readonly string[];
  options: Record<string, OptionSpec>;
  /** @returns the exit status. Bad input is thrown as BadInput. */
  run(args: ParsedArguments, terminal: Terminal): Promise<number>;
}

/** The options that every data command takes. */
export const COMMON_OPTIONS = {
  json: { type: 'flag' },
  seed: { type: 'integer', min: 0 }
} as const satisfies Record<string, OptionSpec>;
