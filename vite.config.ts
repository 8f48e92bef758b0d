import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

/**
 * Where `npm test` goes through both databases, what makes nothing of their differences is done once: networks and published
 * lists on the embedded one, and on PostgreSQL what the browser's tests do on the embedded one again. By itself
 * `vitest --project integration` does everything.
 */
const ONCE = process.env['TEST_DATABASE_URL']
  ? ['learned-models', 'real-lists']
  : process.env['ALSO_ON_POSTGRES']
    ? [
        ...['panel-recovery', 'measure', 'upload', 'browse', 'broken-datasets', 'published-datasets'],
        ...['difficult-subset', 'controls', 'readouts', 'transcripts', 'aimock', 'probes', 'run-pages']
      ]
    : [];

export default defineConfig({
  plugins: [sveltekit()],
  build: { target: 'es2023' },
  test: {
    // PGlite's first cold start alone can pass vitest's default of 5 s.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Pure code keeps nothing between files; loading it anew for each costs more than many of the tests.
          isolate: false,
          include: ['src/**/*.test.ts', 'tests/golden/**/*.test.ts', 'tests/lint/**/*.test.ts']
        }
      },
      {
        extends: true,
        test: {
          name: 'integration',
          environment: 'node',
          // Each test has a lab of its own; the server's modules and PGlite are loaded once.
          isolate: false,
          include: ['tests/integration/**/*.test.ts'],
          exclude: ONCE.map((name) => `tests/integration/${name}.test.ts`),
          globalSetup: ['tests/integration/empty-lab.ts'],
          fileParallelism: false
        }
      }
    ]
  }
});
