import { createHash } from 'node:crypto';
import * as v from 'valibot';
import * as registrations from '#lib/server/db/registrations.ts';
import type { Db } from '#lib/server/db/client.ts';
import type { ZipReader } from '#lib/server/storage/zip-lines.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { REGISTERED_FILE, REGISTRATION_FILE } from './bundle.ts';

const Instant = v.pipe(v.string(), v.isoTimestamp());
const Stored = v.object({
  registration: v.nullable(v.object({ sha256: v.string(), by: v.string(), at: Instant })),
  unblinded: v.nullable(v.object({ at: Instant, by: v.nullable(v.string()), what: v.string() }))
});

/**
 * A bundle's pre-registration and first look at results, as they were. @throws BadInput where the text does not have the
 * hash that it was registered under.
 */
export async function storeRegistered(tx: Db, zip: ZipReader, studyId: number, label: string): Promise<void> {
  if (!zip.names.includes(REGISTERED_FILE)) return;
  const parsed = v.safeParse(Stored, JSON.parse(await zip.text(REGISTERED_FILE)));
  if (!parsed.success)
    throw new BadInput(`${REGISTERED_FILE} does not say who registered what: ${parsed.issues[0].message}`, {
      file: label
    });
  const { registration, unblinded } = parsed.output;
  if (registration !== null) {
    const text = await zip.text(REGISTRATION_FILE);
    if (createHash('sha256').update(text).digest('hex') !== registration.sha256)
      throw new BadInput(
        `${REGISTRATION_FILE} does not have the SHA-256 that was registered: it was changed`,
        {
          file: label
        }
      );
    await registrations.insert(tx, {
      studyId,
      text,
      sha256: registration.sha256,
      registeredBy: registration.by,
      registeredAt: new Date(registration.at)
    });
  }
  if (unblinded !== null)
    await registrations.insertUnblinding(tx, { studyId, ...unblinded, at: new Date(unblinded.at) });
}
