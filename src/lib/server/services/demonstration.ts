import type { Protocol } from '#lib/domain/study.ts';
import * as settings from '#lib/server/db/settings.ts';
import type { Lab } from './lab.ts';

/** What the demonstration consists of. Its pages read it; its command writes it and goes on from it after a kill. */
export interface Demonstration {
  /** Addresses of the studies to look at, by protocol. */
  studies: Partial<Record<Protocol, string>>;
  /** Short studies that a visitor can rate at once: their addresses and open invitations. */
  open: Partial<Record<Protocol, { study: string; token: string }>>;
  /** Invitations of the simulated raters, by study. */
  invitations: Record<string, string[]>;
  /** Where the simulated model answers while the demonstration runs. */
  simulatorBaseUrl: string | null;
  /** Steps that are finished. */
  done: string[];
}

const KEY = 'demo';

export async function readDemonstration(lab: Pick<Lab, 'db'>): Promise<Demonstration | null> {
  const text = await settings.get(lab.db, KEY);
  return text === null ? null : (JSON.parse(text) as Demonstration);
}

export async function keepDemonstration(
  lab: Pick<Lab, 'db'>,
  demonstration: Demonstration
): Promise<Demonstration> {
  await settings.set(lab.db, KEY, JSON.stringify(demonstration));
  return demonstration;
}
