import * as tokens from '#lib/server/db/tokens.ts';
import type { Lab } from '../lab.ts';
import { makeToken, type MadeToken, type TokenOptions } from '../tokens/make-token.ts';
import { revokeToken } from '../tokens/revoke-token.ts';

/** The shell's commands about what lets programs in. */
export interface TokenCommands {
  tokens: (lab: Lab, params: Record<string, never>) => Promise<tokens.Token[]>;
  'token-create': (lab: Lab, params: TokenOptions) => Promise<MadeToken>;
  'token-revoke': (lab: Lab, params: { id: number }) => Promise<tokens.Token>;
}

export const tokenCommands: TokenCommands = {
  tokens: (lab) => tokens.list(lab.db),
  'token-create': (lab, options) => makeToken(lab, options),
  'token-revoke': (lab, { id }) => revokeToken(lab, id)
};
