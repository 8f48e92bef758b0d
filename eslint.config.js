import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { importDirections } from './scripts/lint/import-directions.js';
import svelteConfig from './svelte.config.js';

export default ts.config(
  {
    ignores: [
      'build/',
      '.svelte-kit/',
      'data/',
      'drizzle/',
      'node_modules/',
      'test-results/',
      'playwright-report/'
    ]
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    plugins: { limen: { rules: { 'import-directions': importDirections } } },
    rules: {
      'limen/import-directions': 'error',
      'no-undef': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
    }
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // Links are plain paths: the lab is served from the root, and its paths hold names of its own.
      'svelte/no-navigation-without-resolve': 'off'
    }
  },
  {
    // The pure rooms: randomness, the clock and ids are parameters, never taken from the air.
    files: ['src/lib/stats/**/*.ts', 'src/lib/domain/**/*.ts', 'src/lib/metrics/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Pass a Random (stats/random.ts).' },
        { object: 'Date', property: 'now', message: 'Pass the time in.' },
        { object: 'crypto', property: 'randomUUID', message: 'Pass the id in.' },
        { object: 'performance', property: 'now', message: 'Pass the time in.' }
      ],
      'no-restricted-globals': ['error', 'process', 'window', 'document', 'fetch', 'Buffer']
    }
  },
  {
    // Where a person reads standard output.
    files: [
      'src/cli.ts',
      'src/cli/**/*.ts',
      'src/worker.ts',
      'src/server.ts',
      'src/demo/**/*.ts',
      'scripts/**',
      'tests/**',
      'bin/**'
    ],
    rules: { 'no-console': 'off' }
  }
);
