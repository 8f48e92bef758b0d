import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How a command on this machine finds the server that holds the data directory. */
export interface LocalAccess {
  address: string;
  token: string;
  pid: number;
}

const file = (dataDir: string) => path.join(dataDir, 'server.json');

/** Written by the server once it listens; readable by its owner alone. */
export function writeLocalAccess(dataDir: string, address: string): LocalAccess {
  const access = { address, token: randomBytes(32).toString('base64url'), pid: process.pid };
  // With PostgreSQL nothing else has made the directory of a new lab yet.
  mkdirSync(dataDir, { recursive: true });
  rmSync(file(dataDir), { force: true });
  writeFileSync(file(dataDir), JSON.stringify(access), { mode: 0o600, flag: 'wx' });
  chmodSync(file(dataDir), 0o600);
  return access;
}

export function removeLocalAccess(dataDir: string): void {
  rmSync(file(dataDir), { force: true });
}

export function readLocalAccess(dataDir: string): LocalAccess | null {
  try {
    const access = JSON.parse(readFileSync(file(dataDir), 'utf8')) as LocalAccess;
    return typeof access.address === 'string' && typeof access.token === 'string' ? access : null;
  } catch {
    return null;
  }
}

export function sameToken(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
