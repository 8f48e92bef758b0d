import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/lib/domain/token-scopes.ts';
import type { Operation } from '../../src/lib/server/api/operation.ts';
import { OPERATIONS } from '../../src/lib/server/api/operations.ts';
import { continueImport } from '../../src/lib/server/services/import/continue-import.ts';
import { listUploads } from '../../src/lib/server/services/import/uploads.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { registerModel } from '../../src/lib/server/services/models/register-model.ts';
import { runShellCommand } from '../../src/lib/server/services/shell/run-shell-command.ts';
import { makeToken } from '../../src/lib/server/services/tokens/make-token.ts';
import { NO_DECODING } from '../../src/lib/domain/registered-model.ts';
import { zipStream } from '../../src/lib/server/tables/write-zip.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { apiOf, type CallApi } from './call-api.ts';
import { satStudy } from './sat-study.ts';
import { openTestLab, picture, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
let call: CallApi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi({ answer: () => 'Score: 40' });
  await makeDataset(test, 'pictures', { count: 12 });
  await satStudy(test, {
    dataset: 'pictures',
    name: 'sat',
    protocol: 'single-stimulus',
    people: 3,
    endpoint: fake.url
  });
  await registerModel(
    test.lab,
    {
      name: 'looker',
      model: 'fake',
      baseUrl: fake.url,
      apiKeyEnv: null,
      decoding: NO_DECODING,
      imageDetail: null,
      priceIn: 1,
      priceOut: 2,
      batchPriceIn: null,
      batchPriceOut: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
      concurrency: 4,
      timeoutMs: 5000
    },
    null
  );
  ({ call } = await apiOf(test.lab));
  const zipped = zipStream([
    { name: 'a.png', input: await picture(1) },
    { name: 'b.png', input: await picture(2) },
    { name: 'mos.csv', input: 'stimulus,mos\na.png,2\nb.png,4\nc.png,5\n' }
  ]);
  archive = new Uint8Array(await new Response(zipped as unknown as BodyInit).arrayBuffer());
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

const VOTES = 'observer,stimulus,rating\nzoe,secret-name-0000.png,40\nzoe,secret-name-0001.png,60\n';
const RUN = { model: 'looker', strategy: 'standard' };
/** Runs that the examples change; the first one is the sat study's own. */
const started: Record<string, number | string> = {};
let archive: Uint8Array;

interface Example {
  path: string | (() => string);
  body?: unknown;
  csv?: string;
  zip?: () => Uint8Array;
  after?: (json: Record<string, string>) => unknown;
  /** The same path with something that is not there. */
  missing?: string;
  before?: () => Promise<void>;
}

async function newRun(repeats: number, state: 'queued' | 'paused'): Promise<number> {
  const made = await call('POST', '/studies/sat/runs', { body: { ...RUN, repeats } });
  if (state === 'paused') await call('POST', `/runs/${made.json.run}/pause`);
  return made.json.run;
}

/** One request for every operation, in an order in which they work. */
const EXAMPLES: Record<string, Example> = {
  importDataset: {
    path: '/imports?name=brought&scenario=no-reference',
    zip: () => archive,
    after: (json) => (started['import'] = json['import'] as string)
  },
  getImport: { path: () => `/imports/${started['import']}`, missing: '/imports/none' },
  listDatasets: { path: '/datasets' },
  getDataset: { path: '/datasets/pictures', missing: '/datasets/none' },
  listStimuli: { path: '/datasets/pictures/stimuli?limit=5', missing: '/datasets/none/stimuli' },
  createSubset: {
    path: '/datasets/pictures/subsets',
    body: { name: 'few', method: 'uniform', n: 6, exclude: ['secret-name-0003.png'] },
    missing: '/datasets/none/subsets'
  },
  listSubsets: { path: '/datasets/pictures/subsets', missing: '/datasets/none/subsets' },
  getSubset: { path: '/datasets/pictures/subsets/few', missing: '/datasets/pictures/subsets/none' },
  createStudy: {
    path: '/studies',
    body: { name: 'pairs of few', dataset: 'pictures', subset: 'few', protocol: 'double-stimulus' }
  },
  listStudies: { path: '/studies' },
  getStudy: { path: '/studies/pairs%20of%20few', missing: '/studies/none' },
  getPlan: { path: '/studies/pairs%20of%20few/plan', missing: '/studies/none/plan' },
  createInvites: {
    path: '/studies/pairs%20of%20few/invites',
    body: { count: 3 },
    missing: '/studies/none/invites'
  },
  listSittings: { path: '/studies/sat/sittings?limit=2', missing: '/studies/none/sittings' },
  importVotes: {
    path: '/studies/sat/votes?file=zoe.csv',
    csv: VOTES,
    missing: '/studies/none/votes'
  },
  removeVotes: { path: '/studies/sat/votes/1', missing: '/studies/sat/votes/77' },
  listModels: { path: '/models' },
  estimateRun: { path: '/studies/sat/runs/estimate', body: RUN, missing: '/studies/none/runs/estimate' },
  startRun: { path: '/studies/sat/runs', body: RUN, missing: '/studies/none/runs' },
  listRuns: { path: '/runs?study=sat', missing: '/runs?study=none' },
  getRun: { path: () => `/runs/${started['first']}`, missing: '/runs/999' },
  pauseRun: {
    path: () => `/runs/${started['paused']}/pause`,
    missing: '/runs/999/pause',
    before: async () => void (started['paused'] = await newRun(2, 'queued'))
  },
  resumeRun: {
    path: () => `/runs/${started['resumed']}/resume`,
    missing: '/runs/999/resume',
    before: async () => void (started['resumed'] = await newRun(3, 'paused'))
  },
  cancelRun: {
    path: () => `/runs/${started['cancelled']}/cancel`,
    missing: '/runs/abc/cancel',
    before: async () => void (started['cancelled'] = await newRun(4, 'paused'))
  },
  getResults: { path: '/studies/sat/results', missing: '/studies/none/results' },
  getExport: { path: '/studies/sat/exports/responses.csv', missing: '/studies/sat/exports/sittings.csv' },
  getPeopleExport: {
    path: '/studies/sat/people-exports/sittings.jsonl',
    missing: '/studies/sat/people-exports/none.csv'
  },
  getHealth: { path: '/health' },
  getOpenApi: { path: '/openapi.json' }
};

const byId = new Map(OPERATIONS.map((operation) => [operation.id, operation]));

describe('every operation', () => {
  it('is tried here, and named once', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
  });

  it.each(Object.entries(EXAMPLES))('%s', async (id, example) => {
    const operation = byId.get(id) as Operation;
    const { scope, method } = operation;
    await example.before?.();
    if (id === 'getRun') started['first'] = (await call('GET', '/runs?limit=1')).json.items[0].run;
    const path = typeof example.path === 'string' ? example.path : example.path();
    const { body, csv } = example;
    const zip = example.zip?.();
    const sent = {
      ...(body === undefined ? {} : { body }),
      ...(csv === undefined ? {} : { csv }),
      ...(zip === undefined ? {} : { zip })
    };
    if (scope !== null) {
      const nobody = await call(method, path, { ...sent, token: null });
      expect(nobody).toMatchObject({ status: 401, json: { code: 'no-token', status: 401 } });
      expect(nobody.headers.get('content-type')).toBe('application/problem+json');
      const others = SCOPES.filter((one) => one !== scope);
      const { secret } = await makeToken(test.lab, {
        name: id,
        scopes: others,
        days: null,
        researcher: null
      });
      const refused = await call(method, path, { ...sent, token: secret });
      expect(refused).toMatchObject({ status: 403, json: { code: 'missing-scope', scope } });
      expect(refused.json.detail).toContain(scope);
    }
    if (example.missing !== undefined) {
      expect(await call(method, example.missing, sent)).toMatchObject({
        status: 404,
        json: { code: 'unknown', detail: expect.any(String) }
      });
    }
    const answered = await call(method, path, sent);
    expect(answered.status, answered.text.slice(0, 500)).toBe(operation.status);
    example.after?.(answered.json);
    if (operation.answer === null) {
      expect(answered.headers.get('content-disposition')).toContain('attachment');
      expect(answered.text.length).toBeGreaterThan(100);
    } else {
      const parsed = v.safeParse(operation.answer, answered.json);
      expect(parsed.issues?.map((issue) => [v.getDotPath(issue), issue.message])).toBeUndefined();
    }
  });
});

it('the description is OpenAPI 3.1 and holds every operation with its scope and its refusals', async () => {
  const { json } = await call('GET', '/openapi.json', { token: null });
  expect(json.openapi).toBe('3.1.0');
  for (const { id, method, path, scope, status, params } of OPERATIONS) {
    const described = json.paths[path][method.toLowerCase()];
    expect(described).toMatchObject({ operationId: id, responses: { [status]: {}, 500: {} } });
    expect(described.security).toEqual(scope === null ? [] : [{ token: [scope] }]);
    const inPath = described.parameters.filter((one: { in: string }) => one.in === 'path');
    expect(inPath.map((one: { name: string }) => `{${one.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(Object.keys(params)).toHaveLength(inPath.length);
    if (scope !== null)
      expect(Object.keys(described.responses)).toEqual(expect.arrayContaining(['401', '403', '429']));
  }
  expect(json.paths['/studies'].post.requestBody.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['name', 'dataset', 'protocol'],
    additionalProperties: false,
    properties: { seed: { type: 'integer', minimum: 0, default: 1 } }
  });
});

it('an archive becomes a dataset in the background, and leaves nothing where it cannot', async () => {
  expect((await call('GET', `/imports/${started['import']}`)).json).toMatchObject({
    state: 'importing',
    report: null
  });
  await continueImport(test.lab, String(started['import']));
  expect((await call('GET', `/imports/${started['import']}`)).json).toMatchObject({
    dataset: 'brought',
    state: 'done',
    report: { imported: 2, refused: [{ reason: expect.stringContaining('c.png') }] }
  });
  expect((await call('GET', '/datasets/brought')).json).toMatchObject({
    distorted: 2,
    withMos: 2,
    state: 'ready'
  });
  const before = (await listUploads(test.lab)).length;
  const refused = [
    [{ zip: archive }, 'name=brought&scenario=no-reference', 409, '"brought"'],
    [{ zip: archive }, 'name=other&scenario=no-reference&list=none.csv', 422, 'none.csv'],
    [{ zip: archive }, 'name=other&scenario=no-reference&columns=mos', 422, 'mos=COLUMN'],
    [{ zip: new TextEncoder().encode('no zip') }, 'name=other&scenario=no-reference', 422, 'zip'],
    [{ zip: archive }, 'scenario=no-reference', 422, 'query.name: is missing']
  ] as const;
  for (const [sent, query, status, says] of refused) {
    const { status: given, json } = await call('POST', `/imports?${query}`, sent);
    expect({ given, detail: json.detail }).toEqual({ given: status, detail: expect.stringContaining(says) });
  }
  expect(await listUploads(test.lab)).toHaveLength(before);
});

it('results are the document that the command gives', async () => {
  const said = await runShellCommand(test.lab, 'results', { study: 'sat' }, () => {});
  const { json } = await call('GET', '/studies/sat/results');
  expect(json).toEqual(JSON.parse(JSON.stringify((said as { document: unknown }).document)));
  expect(json.observers.length).toBeGreaterThan(3);
});

it('pages lists to their end, each thing once, whatever comes in meanwhile', async () => {
  const names: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null; pages++) {
    expect(pages).toBeLessThan(4);
    const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { json } = await call('GET', `/datasets/pictures/stimuli?limit=5${at}`);
    names.push(...json.items.map((item: { name: string }) => item.name));
    cursor = json.nextCursor;
  }
  expect(names).toHaveLength(12);
  expect(new Set(names).size).toBe(12);

  const first = (await call('GET', '/studies/sat/sittings?limit=2')).json;
  const second = (await call('GET', `/studies/sat/sittings?limit=2&cursor=${first.nextCursor}`)).json;
  expect(second.items).toHaveLength(1);
  expect(second.nextCursor).toBeNull();
  const ids = [...first.items, ...second.items].map((item: { sitting: number }) => item.sitting);
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
});

it('a started run is worked on and ends; starting it again is a conflict until it is over', async () => {
  const body = { ...RUN, repeats: 5 };
  const { json: run } = await call('POST', '/studies/sat/runs', { body });
  expect(run).toMatchObject({ state: 'queued', answered: 0, presentations: 60 });
  expect(await call('POST', '/studies/sat/runs', { body })).toMatchObject({
    status: 409,
    json: { code: 'conflict', detail: expect.stringContaining('queued') }
  });
  expect(await call('POST', '/studies/sat/runs', { body: { ...body, resume: true } })).toMatchObject({
    status: 202,
    json: { run: run.run }
  });
  expect(await continueRun(test.lab, run.run)).toBe('completed');
  expect((await call('GET', `/runs/${run.run}`)).json).toMatchObject({
    state: 'completed',
    answered: 60,
    outcomes: { ok: 60 },
    cost: expect.any(Number)
  });
  expect((await call('POST', `/runs/${run.run}/pause`)).json).toMatchObject({
    code: 'conflict',
    status: 409
  });
});

it.each([
  ['POST', '/studies', { body: { name: 'x', dataset: 'pictures' } }, 422, 'body.protocol: is missing'],
  ['POST', '/studies', { body: { name: 'x', dataset: 'no', protocol: 'single-stimulus' } }, 422, '"no"'],
  [
    'POST',
    '/studies',
    { body: { name: 'sat', dataset: 'pictures', protocol: 'single-stimulus' } },
    409,
    '"sat"'
  ],
  [
    'POST',
    '/studies',
    { body: { name: 'x', dataset: 'pictures', protocol: 'single-stimulus', sed: 1 } },
    422,
    'body.sed: there is no such field'
  ],
  [
    'POST',
    '/studies',
    { body: { name: 'x', dataset: 'pictures', protocol: 'single-stimulus', seed: '1' } },
    422,
    'body.seed'
  ],
  [
    'POST',
    '/studies',
    { body: { name: 'x', dataset: 'pictures', protocol: 'single-stimulus', design: { gold: 5 } } },
    422,
    'design.gold'
  ],
  ['POST', '/studies', { body: 'sat' }, 422, 'body: an object is needed'],
  ['POST', '/studies', { csv: 'name' }, 415, 'application/json'],
  ['POST', '/studies', { headers: { 'Content-Type': 'application/json' } }, 400, 'not JSON'],
  ['POST', '/studies/sat/runs', { body: { strategy: 'standard' } }, 422, 'body.model: is missing'],
  ['POST', '/studies/sat/runs', { body: { ...RUN, model: 'none' } }, 422, 'looker'],
  [
    'POST',
    '/studies/sat/runs',
    { body: { ...RUN, baseUrl: 'http://evil.test/v1', apiKeyEnv: 'HOME' } },
    422,
    'body.baseUrl'
  ],
  [
    'POST',
    '/studies/sat/votes',
    { csv: 'observer,stimulus,rating\nann,secret-name-0001.png,400\n' },
    422,
    'line 2'
  ],
  ['POST', '/studies/sat/votes?low=5&high=1', { csv: VOTES }, 422, 'query.low'],
  ['GET', '/datasets?limit=0', {}, 422, 'query.limit'],
  ['GET', '/datasets?limit=ten', {}, 422, 'query.limit'],
  ['GET', '/datasets?limit=1&limit=2', {}, 422, 'query.limit: is given twice'],
  ['GET', '/datasets?cursor=nonsense', {}, 422, 'query.cursor'],
  ['GET', '/datasets?page=2', {}, 422, 'there are limit, cursor'],
  ['GET', '/nothing', {}, 404, '/api/v1/nothing'],
  ['GET', '/datasets/%E0%A4%A', {}, 400, 'not encoded'],
  ['PUT', '/datasets', {}, 405, 'takes GET'],
  ['OPTIONS', '/datasets', {}, 405, 'takes GET']
] as const)('%s %s %j is refused as %i: %s', async (method, path, more, status, says) => {
  const { status: given, json, headers } = await call(method, path, more);
  expect({ given, detail: json.detail }).toEqual({ given: status, detail: expect.stringContaining(says) });
  expect(json).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    code: expect.any(String)
  });
  expect(headers.get('access-control-allow-origin')).toBeNull();
});
