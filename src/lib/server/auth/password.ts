import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's setting for scrypt: N = 2^17, r = 8, p = 1 (128 MiB, about a third of a second). */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const KEY_BYTES = 32;
/** What a sign-in is checked against when there is no such account, so that both take as long. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Shortest and longest password taken; the longest only bounds the work. */
export const PASSWORD_LENGTH = { min: 12, max: 200 };

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Whether the password is the one that was hashed; false, after as long, where there is no hash. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const parts = (hash ?? NOBODY).split('$');
  const [scheme, N, r, p, salt, key] = parts;
  if (parts.length !== 6 || scheme !== 'scrypt') return false;
  const expected = Buffer.from(key as string, 'base64url');
  const found = await derive(password, Buffer.from(salt as string, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p)
  });
  return expected.length === found.length && timingSafeEqual(expected, found) && hash !== null;
}

/** One at a time: a burst of sign-ins must not take a gigabyte. */
let queue: Promise<unknown> = Promise.resolve();

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const next = queue.then(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        const options = { ...cost, maxmem: 256 * cost.N * cost.r };
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key)
        );
      })
  );
  queue = next.catch(() => {});
  return next;
}
