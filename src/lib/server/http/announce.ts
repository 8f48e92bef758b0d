import type { OpenLab } from '../lab.ts';

/**
 * Says on standard output how a person gets in: a one-time link that sets a new lab up. There is no default password,
 * and a link that is not used is replaced at the next start. The demonstration has its researcher already, who gets a link
 * that signs in once.
 */
export async function announce(lab: OpenLab, address: string): Promise<void> {
  if (lab.config.demonstration) {
    const link = await lab.auth.demonstrationLink();
    process.stdout.write(`Enter the lab (one use, a day): ${address}/enter?token=${link}\n`);
    return;
  }
  const token = await lab.auth.setUpLink();
  if (token !== null) {
    process.stdout.write(`Set the lab up (one use, two days): ${address}/set-up?token=${token}\n`);
  }
}
