import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '#lib/server/config.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

type Secrets = Pick<Config, 'secretKey' | 'dataDir'>;

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts an endpoint's key (AES-256-GCM) under a secret that is not in the database: LIMEN_SECRET_KEY, or a file that
 * only the lab's own user can read.
 */
export function sealKey(config: Secrets, key: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secretOf(config), iv);
  const body = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
  return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** @throws BadInput where it was sealed under another secret, or was changed since. */
export function openKey(config: Secrets, sealed: string): string {
  const [version, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  try {
    if (version !== VERSION || bytes.length <= IV_BYTES + TAG_BYTES) throw new Error('not a sealed key');
    const decipher = createDecipheriv('aes-256-gcm', secretOf(config), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8'
    );
  } catch {
    throw new BadInput(
      'the stored key cannot be opened here: it was stored under another LIMEN_SECRET_KEY (all processes of a lab need the same); store it again'
    );
  }
}

function secretOf(config: Secrets): Buffer {
  const secret = config.secretKey ?? ownSecret(config.dataDir);
  return Buffer.from(hkdfSync('sha256', secret, '', 'limen stored keys', 32));
}

/** The lab's own secret, made when it is first needed. Of two processes that make it at once, the first one wins. */
function ownSecret(dataDir: string): string {
  const file = path.join(dataDir, 'secret.key');
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
