import * as tokens from '#lib/server/db/tokens.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

/** Ends a token for good. @throws BadInput where there is none of that number. */
export async function revokeToken(lab: Pick<Lab, 'db'>, id: number): Promise<tokens.Token> {
  const known = Number.isSafeInteger(id) && id > 0 && id < 2 ** 31;
  if (known) await tokens.revoke(lab.db, id);
  const token = known ? await tokens.byId(lab.db, id) : null;
  if (token === null) throw new BadInput(`there is no token ${id}; limen token list shows them`);
  return token;
}
