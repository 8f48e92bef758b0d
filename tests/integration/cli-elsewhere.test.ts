import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/command.ts';
import { apiClient } from '../../src/cli/elsewhere/api-client.ts';
import { commandsElsewhere, type CommandsElsewhere } from '../../src/cli/elsewhere/commands.ts';
import { serverInEnvironment, takeServerOptions } from '../../src/cli/elsewhere/server-options.ts';
import { withLab } from '../../src/cli/lab-access.ts';
import { createApi, type AnswerRequest } from '../../src/lib/server/api/answer-request.ts';
import { OPERATIONS } from '../../src/lib/server/api/operations.ts';
import { NO_DECODING } from '../../src/lib/domain/registered-model.ts';
import { registerModel } from '../../src/lib/server/services/models/register-model.ts';
import { RUN_DEFAULTS } from '../../src/lib/server/services/run/start-run.ts';
import { runShellCommand } from '../../src/lib/server/services/shell/run-shell-command.ts';
import { makeToken } from '../../src/lib/server/services/tokens/make-token.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { apiOf } from './call-api.ts';
import { openTestLab, picture, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
let token: string;
const servers: Server[] = [];

/** A lab's API at a port of its own, as its web server has it. */
async function serve(answer: AnswerRequest): Promise<string> {
  const server = createServer((request, response) => {
    const hasBody = !['GET', 'HEAD'].includes(request.method ?? 'GET');
    const asked = new Request(`http://${request.headers.host}${request.url}`, {
      method: request.method ?? 'GET',
      headers: request.headers as Record<string, string>,
      ...(hasBody ? { body: Readable.toWeb(request) as unknown as BodyInit, duplex: 'half' } : {})
    });
    void answer(asked, `http://${request.headers.host}`).then(async (answered) => {
      response.writeHead(answered.status, Object.fromEntries(answered.headers));
      response.end(Buffer.from(await answered.arrayBuffer()));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let address: string;
beforeAll(async () => {
  test = await openTestLab({ works: true });
  fake = await startFakeOpenAi({ answer: () => 'Score: 40' });
  await makeDataset(test, 'pictures', { count: 12 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  const model = { name: 'looker', model: 'fake', baseUrl: fake.url, apiKeyEnv: null, decoding: NO_DECODING };
  const rest = { imageDetail: null, priceIn: 1, priceOut: 2, batchPriceIn: null, batchPriceOut: null };
  const pace = { requestsPerMinute: null, tokensPerMinute: null, concurrency: 4, timeoutMs: 5000 };
  await registerModel(test.lab, { ...model, ...rest, ...pace }, null);
  const { answer, secret } = await apiOf(test.lab);
  token = secret;
  address = await serve(answer);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await fake.stop();
  await test.remove();
});

const elsewhere = async <N extends keyof CommandsElsewhere>(
  name: N,
  params: unknown,
  at = address,
  with_ = token
) =>
  (commandsElsewhere[name] as (client: unknown, params: unknown, progress: () => void) => Promise<unknown>)(
    apiClient(at, with_),
    params,
    () => {}
  );
async function here(name: string, params: unknown): Promise<unknown> {
  const outcome = await runShellCommand(test.lab, name, params, () => {});
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return JSON.parse(JSON.stringify(outcome.document));
}

it('gives the documents that the commands give at the lab itself', async () => {
  const subset = { dataset: 'pictures', name: 'few', method: 'uniform', n: 6, exclude: [], ifMissing: true };
  expect(await elsewhere('subset', subset)).toEqual(await here('subset', subset));
  const study = {
    name: 'pairs',
    dataset: 'pictures',
    subset: 'few',
    protocol: 'double-stimulus',
    seed: 3,
    exemplars: [],
    design: { pairsPerImage: 3 },
    differenceAsQuality: false,
    ifMissing: true
  };
  expect(await elsewhere('study-create', study)).toEqual(await here('study-create', study));
  const tokens = (await elsewhere('invite', { study: 'pairs', count: 2, open: true })) as string[];
  expect(tokens.map((one) => /^[\w-]{22}$/.test(one))).toEqual([true, true]);

  const file = path.join(test.directory, 'zoe.csv');
  writeFileSync(file, 'who,stimulus,rating\nzoe,secret-name-0000.png,4\nzoe,secret-name-0001.png,2\n');
  const votes = {
    study: 'single',
    file: { path: file, label: 'zoe.csv' },
    kind: 'rater',
    name: null,
    columns: { observer: 'who' },
    range: { low: 1, high: 5 },
    best: 'highest',
    passOver: false,
    make: null
  };
  const stored = await elsewhere('votes', votes);
  expect(stored).toMatchObject({ votes: 2, observers: 1, alreadyThere: false });
  // The lab takes the same file, read the same way, for the one that it has.
  expect(await here('votes', votes)).toEqual({ ...(stored as object), alreadyThere: true });
  expect(await elsewhere('results', { study: 'single' })).toEqual(await here('results', { study: 'single' }));

  for (const what of ['responses', 'sittings'] as const) {
    const [far, near] = ['far', 'near'].map((name) => path.join(test.directory, `${what}-${name}.csv`));
    await elsewhere('export', { study: 'single', what, format: 'csv', out: far });
    await here('export', { study: 'single', what, format: 'csv', out: near });
    expect(readFileSync(far as string, 'utf8')).toBe(readFileSync(near as string, 'utf8'));
  }
  expect(
    await elsewhere('votes-out', { study: 'single', import: (stored as { import: number }).import })
  ).toEqual({ removed: 2 });
});

it('sends a folder, and says of it what an import here says', async () => {
  const folder = path.join(test.directory, 'sent');
  mkdirSync(folder);
  for (const i of [1, 2, 3]) writeFileSync(path.join(folder, `${i}.png`), await picture(100 + i));
  const list = path.join(test.directory, 'elsewhere.csv');
  writeFileSync(list, 'file,score\n1.png,1\n2.png,3\n3.png,5\n4.png,2\n');
  const params = {
    directory: folder,
    directoryLabel: 'sent',
    mosFile: list,
    mosLabel: 'elsewhere.csv',
    columns: 'stimulus=file,mos=score',
    mosRange: { low: 1, high: 5 },
    name: 'sent',
    scenario: 'no-reference',
    layout: null,
    seed: 1,
    ifMissing: false
  };
  const far = await elsewhere('import', params);
  const near = (await here('import', { ...params, name: 'near' })) as { refused: { reason: string }[] };
  expect(far).toMatchObject({ imported: 3, alreadyThere: 0, mosRange: { low: 1, high: 5 } });
  expect((far as typeof near).refused.map(({ reason }) => reason)).toEqual(
    near.refused.map(({ reason }) => reason)
  );
  await expect(elsewhere('import', params)).rejects.toThrow('"sent" exists already');
});

it('a run elsewhere is asked for, watched to its end and said as here', async () => {
  const model = await elsewhere('model-options', { name: 'looker' });
  expect(model).toEqual(await here('model-options', { name: 'looker' }));
  const params = {
    ...RUN_DEFAULTS,
    ...(model as object),
    study: 'single',
    strategy: 'standard',
    here: false
  };
  const document = await elsewhere('run', { ...params, apiKey: null });
  expect(document).toMatchObject({ study: 'single', state: 'completed', presentations: 12, answered: 12 });
  expect(await here('run', { ...params, apiKey: null, resume: true })).toEqual(document);
  await expect(elsewhere('model-options', { name: 'none' })).rejects.toThrow('there are looker');
  const unregistered = { ...params, modelId: null, baseUrl: 'http://x.test', apiKey: null };
  await expect(elsewhere('run', unregistered)).rejects.toThrow('registered there');
});

it('says in one line what is wrong with the way there', async () => {
  const results = { study: 'single' };
  await expect(elsewhere('results', results, 'http://127.0.0.1:9')).rejects.toThrow(
    /^the lab at http:\/\/127\.0\.0\.1:9 cannot be reached/
  );
  await expect(elsewhere('results', results, address, 'limen_wrong')).rejects.toThrow(
    `${address}: this lab does not know the token`
  );
  const reader = await makeToken(test.lab, { name: 'r', scopes: ['read'], days: null, researcher: null });
  await expect(
    elsewhere('invite', { study: 'single', count: 1, open: false }, address, reader.secret)
  ).rejects.toThrow('the token "r" has not the scope write; make one');
  await expect(elsewhere('results', { study: 'none' })).rejects.toThrow(/^there is no study named "none"$/);
  await expect(elsewhere('results', results, 'lab.example.org')).rejects.toThrow('no address');

  const without = await serve(() =>
    Promise.resolve(Response.json({ error: 'unauthorised', reason: 'Sign in to do this.' }, { status: 401 }))
  );
  await expect(elsewhere('results', results, without)).rejects.toThrow(`${without} has no API v1`);
  const page = await serve(() =>
    Promise.resolve(new Response('<html>', { headers: { 'Content-Type': 'text/html' } }))
  );
  await expect(elsewhere('results', results, page)).rejects.toThrow(`${page} has no API v1`);
  const older = await serve(
    createApi(
      test.lab,
      OPERATIONS.filter(({ id }) => id !== 'getResults')
    )
  );
  await expect(elsewhere('results', results, older)).rejects.toThrow(
    `${older} is an older Limen: its API has no GET /studies/single/results`
  );
});

it('takes the address from the words or the environment, and goes nowhere else with a command that cannot', async () => {
  const before = { ...process.env };
  const quiet: Terminal = { out: () => {}, note: () => {}, progress: () => {} };
  try {
    process.env['MY_TOKEN'] = token;
    const words = ['single', '--server', `${address}/api/v1/`, '--json', '--token-env=MY_TOKEN'];
    expect(takeServerOptions('results', words)).toEqual(['single', '--json']);
    expect(serverInEnvironment(process.env)?.server).toBe(address);
    const origin = await withLab(quiet, (lab) => Promise.resolve([lab.origin, lab.elsewhere]));
    expect(origin).toEqual([address, true]);
    await expect(withLab(quiet, (lab) => lab.call('tokens', {}))).rejects.toThrow(
      'does not work on a lab elsewhere'
    );
    expect(() => takeServerOptions('mos', ['x.csv', '--server', address])).toThrow(
      'limen mos takes no --server'
    );
    expect(() => takeServerOptions('results', ['--server'])).toThrow('--server needs a value');
    expect(() => takeServerOptions('results', ['--token-env', 'NOT_THERE'])).toThrow('NOT_THERE is not set');
    expect(() => serverInEnvironment({ LIMEN_SERVER: address })).toThrow('needs a token in LIMEN_TOKEN');
  } finally {
    process.env = before;
  }
});
