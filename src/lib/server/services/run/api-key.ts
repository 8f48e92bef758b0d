import type { Lab } from '../lab.ts';

/** The key that a run names: given for this process's life by the shell, or in the process's environment. */
export function apiKey(lab: Pick<Lab, 'transientKeys'>, name: string): string | null {
  return lab.transientKeys.get(name) ?? process.env[name] ?? null;
}

export function hasApiKey(lab: Pick<Lab, 'transientKeys'>, name: string): boolean {
  const key = apiKey(lab, name);
  return key !== null && key !== '';
}
