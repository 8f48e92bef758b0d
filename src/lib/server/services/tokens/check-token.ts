import * as tokens from '#lib/server/db/tokens.ts';
import type { Lab } from '../lab.ts';
import { tokenHashOf } from './make-token.ts';

export type CheckedToken = { ok: true; token: tokens.Token } | { ok: false; reason: string };

/** Whether a secret lets somebody in now, and as what. It is looked up by its hash, so that no time tells of it. */
export async function checkToken(lab: Pick<Lab, 'db'>, secret: string): Promise<CheckedToken> {
  const token = await tokens.byHash(lab.db, tokenHashOf(secret));
  if (token === null) return { ok: false, reason: 'this lab does not know the token' };
  if (token.revokedAt !== null) {
    return { ok: false, reason: `the token ${JSON.stringify(token.name)} was revoked` };
  }
  if (token.expiresAt !== null && token.expiresAt.getTime() <= Date.now()) {
    return { ok: false, reason: `the token ${JSON.stringify(token.name)} has expired` };
  }
  await tokens.markUsed(lab.db, token.id);
  return { ok: true, token };
}
