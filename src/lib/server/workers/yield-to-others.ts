import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** A lower priority for this thread alone, where the system has one a thread (Linux): raters go before it. Not the lowest, or
 * any other program of the machine would stop it. */
export function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (Number.isInteger(thread)) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Elsewhere a processor is left free instead.
  }
}
