import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/ensure-browser.ts';

/**
 * The built app in a real browser. Each worker starts a server of its own, which its spec files share. Three on two
 * processors: browsers wait now and then.
 */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './tests/integration/empty-lab.ts',
  fullyParallel: false,
  workers: process.env['E2E_WORKERS'] ? Number(process.env['E2E_WORKERS']) : 3,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  // A machine that does other things too is slow, not broken.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['line']],
  outputDir: 'test-results',
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    // A tenth of the time: asked for where a failure is looked into (`npx playwright test --trace on`).
    trace: 'off',
    launchOptions: {
      executablePath: findBrowser() ?? undefined,
      args: [
        '--disable-dev-shm-usage',
        '--disable-gpu',
        // Pixels are compared with the file's: no screen's profile may come between.
        '--force-color-profile=srgb',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])
      ]
    }
  }
});
