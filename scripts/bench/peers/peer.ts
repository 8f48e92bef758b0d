import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PeerResult {
  seconds: number;
  /** Some numbers of the answer, to see that both computed the same thing. */
  result: number[];
  megabytes?: number;
  gradient?: number;
}

/** Why there is no peer on this machine, in one line; null where there is one. */
export async function whyNoPeer(): Promise<string | null> {
  try {
    await run('python3', ['-c', 'import numpy, scipy']);
    return null;
  } catch {
    return 'No peer: Python with NumPy and SciPy is not there (Debian: apt-get install python3-scipy). Ours alone:';
  }
}

/** Runs one of the scripts beside this file. It measures itself, reading and start-up left out. */
export async function peer(script: string, args: readonly string[]): Promise<PeerResult> {
  const { stdout } = await run('python3', [path.join(import.meta.dirname, script), ...args], {
    maxBuffer: 1 << 26
  });
  return JSON.parse(stdout) as PeerResult;
}
