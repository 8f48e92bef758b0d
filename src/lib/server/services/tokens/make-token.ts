import { createHash, randomBytes } from 'node:crypto';
import { readScopes } from '#lib/domain/token-scopes.ts';
import * as researchers from '#lib/server/db/researchers.ts';
import * as tokens from '#lib/server/db/tokens.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

export interface TokenOptions {
  /** What its maker calls it; two may be called the same. */
  name: string;
  scopes: readonly string[];
  /** Days from now; null for no end. */
  days: number | null;
  /** Whose it is; null for the lab's own command line. */
  researcher: { id: number } | { email: string } | null;
}

export interface MadeToken {
  /** The secret itself: given here, once, and kept nowhere. */
  secret: string;
  token: tokens.Token;
}

/** So that a secret which strays into a file is known for what it is. */
const PREFIX = 'limen_';
const LONGEST_DAYS = 3650;

/** Makes a token of 256 random bits and keeps its hash. @throws BadInput naming what is wrong. */
export async function makeToken(lab: Pick<Lab, 'db'>, options: TokenOptions): Promise<MadeToken> {
  const name = options.name.trim();
  if (name === '')
    throw new BadInput('the token needs a name, such as what will use it', { option: '--name' });
  if (name.length > 100) throw new BadInput('the name of a token has at most 100 characters');
  const { scopes, unknown } = readScopes(options.scopes);
  if (unknown.length > 0) {
    throw new BadInput(
      `there is no scope ${JSON.stringify(unknown[0])}; there are read, write, run and people`
    );
  }
  if (scopes.length === 0) throw new BadInput('the token needs at least one scope', { option: '--scopes' });
  const { days } = options;
  if (days !== null && !(Number.isSafeInteger(days) && days >= 1 && days <= LONGEST_DAYS)) {
    throw new BadInput(`a token ends after 1 to ${LONGEST_DAYS} days, or never, not ${days}`);
  }
  const secret = PREFIX + randomBytes(32).toString('base64url');
  const id = await tokens.create(lab.db, {
    name,
    researcherId: await researcherIdOf(lab, options.researcher),
    tokenHash: tokenHashOf(secret),
    scopes,
    expiresAt: days === null ? null : new Date(Date.now() + days * 86_400_000)
  });
  return { secret, token: (await tokens.byId(lab.db, id)) as tokens.Token };
}

async function researcherIdOf(lab: Pick<Lab, 'db'>, who: TokenOptions['researcher']): Promise<number | null> {
  if (who === null) return null;
  if ('id' in who) return who.id;
  const found = await researchers.byEmail(lab.db, who.email);
  if (!found) throw new BadInput(`there is no researcher with the address ${JSON.stringify(who.email)}`);
  return found.id;
}

export function tokenHashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
