import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DECODING } from '../../src/lib/domain/registered-model.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as models from '../../src/lib/server/db/models.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import { exportTable, TABLES } from '../../src/lib/server/services/export-study.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { checkEndpoint } from '../../src/lib/server/services/models/check-endpoint.ts';
import { modelNamed, optionsOf } from '../../src/lib/server/services/models/find-model.ts';
import {
  changeModel,
  registerModel,
  removeModel,
  type ModelOptions
} from '../../src/lib/server/services/models/register-model.ts';
import { openKey, sealKey } from '../../src/lib/server/services/models/seal-key.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { planGrid, type GridChoice } from '../../src/lib/server/services/run/plan-grid.ts';
import { startGrid } from '../../src/lib/server/services/run/start-grid.ts';
import { RUN_DEFAULTS, startRun } from '../../src/lib/server/services/run/start-run.ts';
import { testConnection } from '../../src/lib/server/services/run/test-connection.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

const KEY = 'sk-verysecret-0123456789abcdef';
let test: TestLab;
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi({ apiKey: KEY });
  await makeDataset(test, 'pictures', { count: 8 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 2 });
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

const options = (more: Partial<ModelOptions> = {}): ModelOptions => ({
  name: 'kept',
  baseUrl: fake.url,
  model: 'fake',
  apiKeyEnv: null,
  decoding: NO_DECODING,
  imageDetail: null,
  priceIn: 10,
  priceOut: 20,
  batchPriceIn: null,
  batchPriceOut: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: 4,
  timeoutMs: 10_000,
  ...more
});

/** Every row of every table as text, as a dump holds them. */
async function everything(): Promise<string> {
  const tables = await rowsOf<{ name: string }>(
    test.lab.db,
    sql`select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
  );
  expect(tables.length).toBeGreaterThan(20);
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await rowsOf<{ row: string }>(
      test.lab.db,
      sql.raw(`select t::text as row from ${name} t limit 100000`)
    );
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

describe('a stored key', () => {
  it('is used, and is found in no table, file, export or message', async () => {
    const made = await registerModel(test.lab, options(), KEY);
    expect(made.hasStoredKey).toBe(true);
    expect(JSON.stringify([made, await models.list(test.lab.db)])).not.toContain(KEY);
    const ask = {
      ...RUN_DEFAULTS,
      ...optionsOf(await modelNamed(test.lab.db, 'kept')),
      study: 'single',
      strategy: 'standard' as const
    };
    expect(await testConnection(test.lab, ask)).toMatchObject({ ok: true });
    const { sessionId } = await startRun(test.lab, ask);
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(fake.requests.every((request) => request.authorization === `Bearer ${KEY}`)).toBe(true);

    // An endpoint that says the key back in its refusal.
    fake.behave({ apiKey: 'another', faults: [] });
    const second = await startRun(test.lab, { ...ask, temperature: 1 });
    expect(await continueRun(test.lab, second.sessionId)).toBe('failed');
    const exported: string[] = [];
    for (const what of TABLES) {
      const { stream } = await exportTable(test.lab, await studyNamed(test.lab.db, 'single'), what, 'json');
      exported.push(await new Response(stream as unknown as BodyInit).text());
    }
    const dump = await everything();
    expect(dump).toContain(fake.url);
    for (const text of [dump, ...exported, JSON.stringify(await runs.byId(test.lab.db, second.sessionId))]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(Buffer.from(KEY).toString('base64url'));
    }
    if (test.config.databaseUrl === null) {
      // The embedded database's own files, write-ahead log and all.
      for (const file of readdirSync(test.config.dataDir, { recursive: true }).map(String)) {
        const full = path.join(test.config.dataDir, file);
        if (statSync(full).isFile()) expect(readFileSync(full).includes(KEY), file).toBe(false);
      }
    }
    fake.behave({ apiKey: KEY });
  });

  it('opens only under the secret that it was sealed with, and not when it was changed', () => {
    const config = { secretKey: 'sixteen characters or more', dataDir: test.config.dataDir };
    const sealed = sealKey(config, KEY);
    expect(openKey(config, sealed)).toBe(KEY);
    expect(sealKey(config, KEY)).not.toBe(sealed);
    expect(() => openKey({ ...config, secretKey: 'another secret entirely' }, sealed)).toThrow(
      /LIMEN_SECRET_KEY/
    );
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(() => openKey(config, changed)).toThrow(/LIMEN_SECRET_KEY/);
    const own = path.join(test.config.dataDir, 'secret.key');
    expect(existsSync(own)).toBe(true);
    expect(statSync(own).mode & 0o077).toBe(0);
  });

  it('does not follow a model to another address', async () => {
    await registerModel(test.lab, options({ name: 'moving' }), KEY);
    await changeModel(test.lab, 'moving', options({ name: 'moving', model: 'other' }), null);
    expect((await modelNamed(test.lab.db, 'moving')).hasStoredKey).toBe(true);
    await changeModel(test.lab, 'moving', options({ name: 'moved', baseUrl: 'http://127.0.0.1:9/v1' }), null);
    expect((await modelNamed(test.lab.db, 'moved')).hasStoredKey).toBe(false);
    await removeModel(test.lab, 'moved');
    await expect(modelNamed(test.lab.db, 'moved')).rejects.toThrow(/there are kept/);
  });

  it('is one of two ways, and the name is one of a kind', async () => {
    await expect(registerModel(test.lab, options({ name: 'x', apiKeyEnv: 'A_KEY' }), KEY)).rejects.toThrow(
      /not both/
    );
    await expect(registerModel(test.lab, options(), null)).rejects.toThrow(/already/);
    await expect(registerModel(test.lab, options({ name: 'a/b' }), null)).rejects.toThrow(/without \//);
  });
});

describe('addresses', () => {
  const at = (...addresses: string[]) => Promise.resolve(addresses);
  it('of private networks are a choice of the server, and some are never asked', async () => {
    const url = 'https://models.example.org/v1';
    await checkEndpoint({ privateEndpoints: false }, url, () => at('93.184.216.34'));
    await expect(
      checkEndpoint({ privateEndpoints: false }, url, () => at('93.184.216.34', '10.0.0.5'))
    ).rejects.toThrow(
      /models\.example\.org \(10\.0\.0\.5\) is in a private network, and PRIVATE_ENDPOINTS=off/
    );
    await checkEndpoint({ privateEndpoints: true }, url, () => at('10.0.0.5'));
    await expect(checkEndpoint({ privateEndpoints: false }, 'http://localhost:11434/v1')).rejects.toThrow(
      /PRIVATE_ENDPOINTS/
    );
    await expect(checkEndpoint({ privateEndpoints: true }, 'http://169.254.169.254/v1')).rejects.toThrow(
      /no model is asked/
    );
    await expect(checkEndpoint({ privateEndpoints: false }, 'http://[::1]:1/v1')).rejects.toThrow(
      /this server/
    );
    const closed = { ...test.lab, config: { ...test.lab.config, privateEndpoints: false } };
    await expect(registerModel(closed, options({ name: 'closed' }), null)).rejects.toThrow(
      /PRIVATE_ENDPOINTS/
    );
  });
});

describe('a grid of runs', () => {
  it('is estimated, started within one cap, and says how each of its cells stands', async () => {
    await registerModel(test.lab, options({ name: 'second', model: 'fake-2' }), KEY);
    const choice: GridChoice = {
      studies: ['single', 'pairs'],
      models: ['kept', 'second'],
      strategies: ['standard', 'chain-of-thought', 'in-context'],
      readout: 'text',
      repeats: 1,
      bothOrders: false,
      batch: false,
      maxCost: null,
      maxTotalTokens: null
    };
    const before = await planGrid(test.lab, choice);
    expect(before.cells).toHaveLength(12);
    // In-context needs exemplars, and one cell was run by the test above.
    expect(before.cells.filter((cell) => cell.problem !== null)).toHaveLength(4);
    expect(before.cells.filter((cell) => cell.run !== null)).toHaveLength(1);
    expect(before.totals.runs).toBe(7);
    expect(before.totals.requests).toBe(3 * 8 + 4 * 16);
    expect(before.totals.cost).toBeGreaterThan(0);

    const batched = await planGrid(test.lab, { ...choice, batch: true });
    expect(batched.totals.cost).toBeCloseTo((before.totals.cost as number) / 2, 10);

    const capped = { ...choice, maxTotalTokens: 3000 };
    await expect(startGrid(test.lab, capped, { stopAtCap: false })).rejects.toThrow(/above the cap/);
    const started = await startGrid(test.lab, capped, { stopAtCap: true });
    expect(started).toHaveLength(7);
    const states = await Promise.all(started.map((id) => continueRun(test.lab, id)));
    expect(states).toContain('capped');
    const used = await Promise.all(started.map((id) => runSummaries.spent(test.lab.db, id)));
    expect(used.reduce((sum, one) => sum + one.tokensIn + one.tokensOut, 0)).toBeLessThanOrEqual(3000);
    const after = await planGrid(test.lab, choice);
    expect(after.cells.filter((cell) => cell.run !== null)).toHaveLength(8);
    expect(after.totals.runs).toBe(0);
    await expect(startGrid(test.lab, choice, { stopAtCap: true })).rejects.toThrow(/nothing of this is left/);
  });
});
