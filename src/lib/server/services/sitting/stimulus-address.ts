import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/**
 * The opaque name under which one sitting sees a stimulus. It is one AES block that holds sitting and stimulus
 * under the lab's own key: without the key it says nothing, the same stimulus has another name in another sitting,
 * and nothing has to be stored for it.
 */
export function stimulusAddress(key: string, sessionId: number, stimulusId: number): string {
  const block = Buffer.alloc(16);
  block.writeUInt32BE(stimulusId, 0);
  block.writeUInt32BE(sessionId, 4);
  const cipher = createCipheriv('aes-128-ecb', cipherKey(key), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
}

/** @returns null for anything that this lab did not make. */
export function readStimulusAddress(
  key: string,
  address: string
): { sessionId: number; stimulusId: number } | null {
  if (!/^[A-Za-z0-9_-]{22}$/.test(address)) return null;
  const bytes = Buffer.from(address, 'base64url');
  if (bytes.length !== 16) return null;
  const decipher = createDecipheriv('aes-128-ecb', cipherKey(key), null).setAutoPadding(false);
  const block = Buffer.concat([decipher.update(bytes), decipher.final()]);
  // 64 zero bits: a made-up address decrypts to them once in 2^64 tries.
  if (block.readBigUInt64BE(8) !== 0n) return null;
  return { stimulusId: block.readUInt32BE(0), sessionId: block.readUInt32BE(4) };
}

function cipherKey(key: string): Buffer {
  return createHmac('sha256', key).update('stimulus-address').digest().subarray(0, 16);
}
