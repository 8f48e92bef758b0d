import { lookup } from 'node:dns/promises';
import { addressKind } from '#lib/domain/network-address.ts';
import type { Config } from '#lib/server/config.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/**
 * Whether this server may ask what stands at a base URL. A name is resolved, and every address it has must be allowed.
 * (Redirects are not followed at all: providers/openai.)
 *
 * @throws BadInput naming the address and the setting.
 */
export async function checkEndpoint(
  config: Pick<Config, 'privateEndpoints'>,
  baseUrl: string,
  resolve: (host: string) => Promise<string[]> = addressesOf
): Promise<void> {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  for (const address of await resolve(host)) {
    const kind = addressKind(address);
    const where = address === host ? host : `${host} (${address})`;
    if (kind === 'never') throw new BadInput(`${where} is an address at which no model is asked`);
    if (kind !== 'public' && !config.privateEndpoints) {
      throw new BadInput(
        `${where} is ${kind === 'loopback' ? 'this server itself' : 'in a private network'}, and PRIVATE_ENDPOINTS=off on this server forbids to ask there`
      );
    }
  }
}

/** A name that does not resolve is found out by asking, with the message that a request gives. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
