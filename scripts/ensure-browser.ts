// A browser for the end-to-end tests: one that is there already, else one is installed, else one line says what to do.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'
];

/** The path of a Chromium or Chrome: CHROMIUM_PATH, Playwright's own, then where systems put one; null for none. */
export function findBrowser(): string | null {
  const given = process.env['CHROMIUM_PATH'];
  if (given) {
    if (!runs(given)) throw new Error(`CHROMIUM_PATH is ${given}, which cannot be run`);
    return given;
  }
  return [chromium.executablePath(), ...PLACES].find(runs) ?? null;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Shows what a failed command said, and nothing of one that worked. */
function attempt(command: string, args: string[]): boolean {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  });
  if (done.status === 0) return true;
  process.stderr.write(`${command} ${args.join(' ')}\n${done.stdout ?? ''}${done.stderr ?? ''}`);
  return false;
}

function install(): void {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const lock = ['-o', 'DPkg::Lock::Timeout=300'];
    attempt('apt-get', ['update', '-qq', ...lock]);
    if (attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...lock, 'chromium'])) return;
  }
  attempt(path.resolve(import.meta.dirname, '..', 'node_modules', '.bin', 'playwright'), [
    'install',
    'chromium'
  ]);
}

if (import.meta.main) {
  if (findBrowser() === null) install();
  const browser = findBrowser();
  if (browser === null) {
    console.error(
      'There is no browser for the end-to-end tests: install Chromium or Chrome, or set CHROMIUM_PATH to one.'
    );
    process.exit(1);
  }
  console.log(`browser: ${browser}`);
}
