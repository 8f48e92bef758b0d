import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { shellCommands, type Progress } from './shell-commands.ts';

export type ShellOutcome =
  | { ok: true; document: unknown }
  /** Bad input, in one sentence. */
  | { ok: false; problem: string }
  | { ok: false; unexpected: string };

/** Runs one of the shell's commands by name; never throws. */
export async function runShellCommand(
  lab: Lab,
  name: string,
  params: unknown,
  progress: Progress
): Promise<ShellOutcome> {
  const command = Object.hasOwn(shellCommands, name)
    ? (shellCommands[name as keyof typeof shellCommands] as (
        lab: Lab,
        params: unknown,
        progress: Progress
      ) => Promise<unknown>)
    : null;
  if (command === null) return { ok: false, problem: `there is no command ${JSON.stringify(name)}` };
  try {
    return { ok: true, document: await command(lab, params, progress) };
  } catch (error) {
    if (error instanceof BadInput) return { ok: false, problem: error.message };
    lab.log.error({ err: error, command: name }, 'shell command');
    return { ok: false, unexpected: error instanceof Error ? error.message : String(error) };
  }
}
