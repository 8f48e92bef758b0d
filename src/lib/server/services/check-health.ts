import * as settings from '#lib/server/db/settings.ts';
import type { Lab } from './lab.ts';

/** Whether the database answers a question. */
export async function checkHealth(lab: Pick<Lab, 'db' | 'log'>): Promise<boolean> {
  try {
    return (await settings.get(lab.db, 'blinding-key')) !== null;
  } catch (error) {
    lab.log.error({ err: error }, 'health');
    return false;
  }
}
