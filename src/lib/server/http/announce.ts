import type { OpenLab } from '../lab.ts';

/**
 * Says on standard output how a person gets in: a one-time link that sets a new lab up. There is no default password,
 * and a link that is not used is replaced at the next start.
 */
export async function announce(lab: OpenLab, address: string): Promise<void> {
  const token = await lab.auth.setUpLink();
  if (token !== null) {
    process.stdout.write(`Set the lab up (one use, two days): ${address}/set-up?token=${token}\n`);
  }
}
