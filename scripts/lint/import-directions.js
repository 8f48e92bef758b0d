// Who may import whom. The table is docs/architecture.md's picture in code: a room on the left may import
// its own files, the rooms listed, and the packages listed. Anything else is an error.
import path from 'node:path';

/** @typedef {{ room: string, files: RegExp, rooms: string[], packages: string[] }} Room */

const NODE = 'node:*';

/** First match wins, so inner rooms stand before the ones that hold them. @type {Room[]} */
export const ROOMS = [
  { room: 'stats', files: /^src\/lib\/stats\//, rooms: [], packages: [] },
  { room: 'metrics', files: /^src\/lib\/metrics\//, rooms: [], packages: [] },
  { room: 'domain', files: /^src\/lib\/domain\//, rooms: ['stats'], packages: [] },
  { room: 'components', files: /^src\/lib\/components\//, rooms: ['domain', 'client'], packages: ['svelte'] },
  { room: 'client', files: /^src\/lib\/client\//, rooms: ['domain'], packages: ['svelte', 'idb'] },
  { room: 'config', files: /^src\/lib\/server\/config\.ts$/, rooms: [], packages: [NODE, 'valibot'] },
  { room: 'log', files: /^src\/lib\/server\/log\.ts$/, rooms: ['config'], packages: [NODE, 'pino'] },
  {
    room: 'db',
    files: /^src\/lib\/server\/db\//,
    rooms: ['domain', 'config', 'log'],
    packages: [NODE, 'drizzle-orm', 'postgres', '@electric-sql/pglite']
  },
  {
    room: 'storage',
    files: /^src\/lib\/server\/storage\//,
    rooms: ['domain', 'config', 'tables'],
    packages: [NODE, 'yauzl']
  },
  {
    room: 'images',
    files: /^src\/lib\/server\/images\//,
    rooms: ['domain', 'config'],
    packages: [NODE, 'sharp']
  },
  {
    room: 'providers',
    files: /^src\/lib\/server\/providers\//,
    rooms: ['domain', 'config'],
    packages: [NODE, 'openai']
  },
  {
    room: 'tables',
    files: /^src\/lib\/server\/tables\//,
    rooms: ['domain'],
    packages: [
      NODE,
      'client-zip',
      'csv-parse',
      'csv-stringify',
      'hyparquet',
      'hyparquet-writer',
      'read-excel-file'
    ]
  },
  { room: 'documents', files: /^src\/lib\/server\/documents\//, rooms: [], packages: ['marked'] },
  {
    room: 'queue',
    files: /^src\/lib\/server\/jobs\/queue\.ts$/,
    rooms: ['domain', 'config', 'db', 'log'],
    packages: [NODE, 'pg-boss']
  },
  {
    room: 'auth',
    files: /^src\/lib\/server\/auth\//,
    rooms: ['domain', 'config', 'db', 'log'],
    packages: [NODE, 'rate-limiter-flexible']
  },
  {
    room: 'services',
    files: /^src\/lib\/server\/services\//,
    rooms: [
      'domain',
      'stats',
      'metrics',
      'config',
      'log',
      'db',
      'storage',
      'images',
      'providers',
      'tables',
      'queue',
      'workers'
    ],
    packages: [NODE, 'valibot']
  },
  {
    room: 'workers',
    files: /^src\/lib\/server\/workers\//,
    rooms: ['domain', 'stats', 'metrics', 'images', 'config'],
    packages: [NODE]
  },
  {
    room: 'jobs',
    files: /^src\/lib\/server\/jobs\//,
    rooms: ['services', 'queue', 'domain', 'config', 'db', 'log'],
    packages: [NODE]
  },
  {
    room: 'http',
    files: /^src\/lib\/server\/http\//,
    rooms: ['domain', 'config', 'log', 'auth', 'services', 'tables', 'app'],
    packages: [NODE, '@sveltejs/kit', 'valibot', 'busboy', '$types', '$app']
  },
  {
    room: 'api',
    files: /^src\/lib\/server\/api\//,
    rooms: ['domain', 'db', 'services', 'tables', 'http'],
    packages: [NODE, 'valibot', '@valibot/to-json-schema', 'rate-limiter-flexible']
  },
  {
    // The one place where config, database, storage, providers and jobs are put together.
    room: 'app',
    files: /^src\/lib\/server\/(app|lab)\.ts$/,
    rooms: [
      'domain',
      'config',
      'log',
      'db',
      'storage',
      'images',
      'providers',
      'queue',
      'jobs',
      'services',
      'auth',
      'workers'
    ],
    packages: [NODE]
  },
  {
    room: 'routes',
    files: /^src\/(routes\/|hooks)/,
    rooms: [
      'services',
      'db',
      'http',
      'api',
      'components',
      'client',
      'domain',
      'app',
      'auth',
      'config',
      'log',
      'documents'
    ],
    packages: [NODE, '@sveltejs/kit', 'svelte', '$types', '$app', 'valibot']
  },
  {
    room: 'cli',
    files: /^src\/(cli(\.ts|\/)|worker\.ts|server\.ts|demo(\.ts|\/))/,
    rooms: [
      'services',
      'jobs',
      'app',
      'config',
      'log',
      'http',
      'storage',
      'domain',
      'stats',
      'metrics',
      'images',
      'tables',
      'workers'
    ],
    packages: [NODE]
  }
];

/** The parts of the database room that routes must not reach: they read through the queries, never drizzle. */
const DRIVER_PACKAGES = new Set([
  'drizzle-orm',
  'openai',
  'sharp',
  'postgres',
  '@electric-sql/pglite',
  'pg-boss'
]);

/** @param {string} file repository-relative, with forward slashes */
export function roomOf(file) {
  return ROOMS.find((room) => room.files.test(file)) ?? null;
}

/** @param {string} specifier */
function packageOf(specifier) {
  if (specifier.startsWith('node:')) return NODE;
  if (specifier.startsWith('./$types') || specifier.endsWith('/$types')) return '$types';
  if (specifier.startsWith('$app/') || specifier.startsWith('$env/') || specifier === '$service-worker')
    return '$app';
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** @type {import('eslint').Rule.RuleModule} */
export const importDirections = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      room: '{{from}} may not import {{to}} ({{specifier}}): see docs/architecture.md, "Who may import whom".',
      package: '{{from}} may not import the package {{specifier}}: see docs/architecture.md.',
      nowhere: '{{file}} is in no room: put it in one, or add a room to scripts/lint/import-directions.js.',
      extension: 'Import {{specifier}} with its file extension: the CLI runs outside Vite.'
    }
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    if (!file.startsWith('src/') || file.endsWith('.d.ts')) return {};
    const isTest = /\.test\.ts$/.test(file);
    const room = roomOf(file);

    /** @param {import('estree').Node} node @param {unknown} raw */
    function check(node, raw) {
      if (typeof raw !== 'string') return;
      const specifier = raw;
      if (!room) {
        context.report({ node, messageId: 'nowhere', data: { file } });
        return;
      }
      const isLib = specifier.startsWith('#lib/');
      const isRelative = specifier.startsWith('.') && !specifier.includes('$types');
      if (isLib || isRelative) {
        const bare = specifier.replace(/\?.*$/, '');
        if (!/\.(ts|js|svelte|css|json|md)$/.test(bare)) {
          context.report({ node, messageId: 'extension', data: { specifier } });
          return;
        }
        const target = isLib
          ? `src/lib/${bare.slice('#lib/'.length)}`
          : path.posix.normalize(path.posix.join(path.posix.dirname(file), bare));
        if (!target.startsWith('src/')) return;
        const other = roomOf(target);
        if (!other || other.room === room.room || room.rooms.includes(other.room)) return;
        context.report({ node, messageId: 'room', data: { from: room.room, to: other.room, specifier } });
        return;
      }
      const name = packageOf(specifier);
      if (room.packages.includes(name)) return;
      if (isTest && (name === 'vitest' || name === NODE || name === 'sharp' || name === 'csv-parse')) return;
      context.report({
        node,
        messageId: 'package',
        data: {
          from: room.room,
          specifier: DRIVER_PACKAGES.has(name) ? `${specifier} (a driver)` : specifier
        }
      });
    }

    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => {
        if (node.source.type === 'Literal') check(node, node.source.value);
      }
    };
  }
};
