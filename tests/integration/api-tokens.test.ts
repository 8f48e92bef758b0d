import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../src/lib/server/api/answer-request.ts';
import { OPERATIONS } from '../../src/lib/server/api/operations.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as tokens from '../../src/lib/server/db/tokens.ts';
import { makeToken } from '../../src/lib/server/services/tokens/make-token.ts';
import { revokeToken } from '../../src/lib/server/services/tokens/revoke-token.ts';
import { apiOf } from './call-api.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 6 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
});
afterAll(() => test.remove());

const READER = { name: 'reader', scopes: ['read'], days: null, researcher: null };

it('a token that asks too often waits, and others do not', async () => {
  const { call } = await apiOf(test.lab, { requestsPerMinute: 3 });
  for (let i = 0; i < 3; i++) expect((await call('GET', '/datasets')).status).toBe(200);
  const late = await call('GET', '/datasets');
  expect(late).toMatchObject({ status: 429, json: { code: 'too-many', title: 'Too Many Requests' } });
  const wait = Number(late.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  const { secret } = await makeToken(test.lab, READER);
  expect((await call('GET', '/datasets', { token: secret })).status).toBe(200);
  expect((await call('GET', '/health')).status).toBe(200);
});

it('only a good token lets in: no cookie, no other scheme, none that was revoked', async () => {
  const { call } = await apiOf(test.lab);
  const { secret, token } = await makeToken(test.lab, READER);
  const cookie = { Cookie: `limen_researcher=${secret}` };
  const asBasic = { Authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}` };
  for (const headers of [cookie, asBasic]) {
    const refused = await call('GET', '/datasets', { token: null, headers });
    expect(refused).toMatchObject({ status: 401, json: { code: 'no-token' } });
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
  expect((await call('GET', '/datasets', { token: `${secret}x` })).json).toMatchObject({
    code: 'wrong-token',
    detail: 'this lab does not know the token'
  });
  expect((await call('GET', '/datasets', { token: secret })).status).toBe(200);
  expect((await tokens.byId(test.lab.db, token.id))?.lastUsedAt).not.toBeNull();
  await revokeToken(test.lab, token.id);
  const gone = await call('GET', '/datasets', { token: secret });
  expect(gone).toMatchObject({ status: 401, json: { detail: 'the token "reader" was revoked' } });
  expect(gone.headers.get('www-authenticate')).toContain('invalid_token');
});

it('no secret lies in the database, in the data directory, in exports, in answers or in what is logged', async () => {
  const logged: string[] = [];
  const note = (...said: unknown[]) => {
    logged.push(
      JSON.stringify(said, (_, value: unknown) => (value instanceof Error ? `${value.stack}` : value))
    );
  };
  const log = Object.assign(Object.create(test.lab.log) as typeof test.lab.log, { error: note, warn: note });
  const lab = { ...test.lab, log };
  const { secret } = await makeToken(test.lab, { ...READER, scopes: ['read', 'write', 'run', 'people'] });
  const breaking = OPERATIONS.map((operation) =>
    operation.id === 'getDataset'
      ? { ...operation, run: () => Promise.reject(new Error('broken')) }
      : operation
  );
  const answer = createApi(lab, breaking);
  const found: string[] = [];
  const look = (text: string, where: string) => {
    if (text.includes(secret) || text.includes(secret.slice(12))) found.push(where);
  };
  const headers = { Authorization: `Bearer ${secret}` };
  for (const path of [
    '/datasets/pictures',
    '/datasets',
    '/models',
    '/studies/single/results',
    '/studies/single/exports/responses.csv',
    '/studies/single/people-exports/bundle.zip',
    '/studies/none',
    '/datasets?limit=x'
  ]) {
    const response = await answer(
      new Request(`http://lab.test/api/v1${path}`, { headers }),
      'http://lab.test'
    );
    look(Buffer.from(await response.arrayBuffer()).toString('latin1'), `answer of ${path}`);
    look(JSON.stringify([...response.headers]), `headers of ${path}`);
  }
  // It was logged that something broke, and under the id that its asker was told.
  expect(logged.join('\n')).toContain('unexpected at the API');
  look(logged.join('\n'), 'log');
  const tables = await rowsOf<{ schema: string; name: string }>(
    test.lab.db,
    sql`select table_schema as schema, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
  );
  expect(tables.map(({ name }) => name)).toContain('api_tokens');
  for (const { schema, name } of tables) {
    const rows = await rowsOf<{ row: string }>(
      test.lab.db,
      sql`select t::text as row from ${sql.identifier(schema)}.${sql.identifier(name)} t`
    );
    for (const { row } of rows) look(row, `table ${name}`);
  }
  const files = (directory: string): string[] =>
    readdirSync(directory).flatMap((name) => {
      const file = path.join(directory, name);
      return statSync(file).isDirectory() ? files(file) : [file];
    });
  for (const file of files(test.config.dataDir)) look(readFileSync(file, 'latin1'), file);
  expect(found).toEqual([]);
});
