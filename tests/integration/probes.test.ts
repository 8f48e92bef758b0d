import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBE_PRESETS } from '../../src/lib/domain/probes/probe.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import { knownModels } from '../../src/lib/server/db/probes.ts';
import { registerModel } from '../../src/lib/server/services/models/register-model.ts';
import { NO_DECODING } from '../../src/lib/domain/registered-model.ts';
import { askProbe } from '../../src/lib/server/services/probe/ask-probe.ts';
import { readAsk } from '../../src/lib/server/services/probe/read-probe-form.ts';
import { findProbe, showProbe } from '../../src/lib/server/services/probe/show-probe.ts';
import { createProbe, noteQuestions } from '../../src/lib/server/services/probe/start-probe.ts';
import { runShellCommand } from '../../src/lib/server/services/shell/run-shell-command.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

interface Asked {
  model: string;
  key: string | undefined;
  parts: { type: string; text?: string; image_url?: { url: string } }[];
}

let test: TestLab;
let server: Server;
let url: string;
const asked: Asked[] = [];
let failing = 0;
const MODEL = {
  apiKeyEnv: null,
  decoding: NO_DECODING,
  imageDetail: null,
  priceIn: null,
  priceOut: null,
  batchPriceIn: null,
  batchPriceOut: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: 4,
  timeoutMs: 10_000
};
const names = [0, 1, 2].map((i) => `secret-name-000${i}.png`);

beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 3 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { model, messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
        model: string;
        messages: { content: Asked['parts'] }[];
      };
      asked.push({ model, key: request.headers.authorization, parts: messages[0]?.content ?? [] });
      response.setHeader('Content-Type', 'application/json');
      if (failing > 0 || model === 'broken') {
        failing--;
        response.statusCode = model === 'broken' ? 404 : 500;
        response.end(JSON.stringify({ error: { message: 'bad key sk-abcdefghijklmnop' } }));
        return;
      }
      const content = `${model} sees a cat, ${asked.length}`;
      response.end(
        JSON.stringify({
          model,
          choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 }
        })
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await test.remove();
});

const models = (...list: string[]) => ({
  models: list.map((model) => ({ model, baseUrl: url, apiKeyEnv: null })),
  temperature: null,
  maxTokens: null
});

describe('a probe', () => {
  it('asks a registered model with its stored key, which goes to no other endpoint', async () => {
    await registerModel(test.lab, { ...MODEL, name: 'kept', model: 'keyed', baseUrl: url }, 'sk-stored-000');
    const probe = await createProbe(test.lab, {
      name: 'keyed',
      preset: null,
      prompt: 'What is this?',
      each: false,
      dataset: 'pictures',
      stimuli: [names[0] as string]
    });
    await noteQuestions(test.lab, probe, models('keyed', 'other'));
    asked.length = 0;
    await askProbe(test.lab, probe.id);
    expect(asked.map(({ model, key }) => [model, key]).sort()).toEqual([
      ['keyed', 'Bearer sk-stored-000'],
      ['other', 'Bearer none']
    ]);
    expect(await knownModels(test.lab.db)).toContainEqual({ model: 'keyed', baseUrl: url, apiKeyEnv: null });
    asked.length = 0;
  });

  it('puts two pictures where the slides’ prompt speaks of them, to several models side by side', async () => {
    const [preset] = PROBE_PRESETS;
    const probe = await createProbe(test.lab, {
      name: 'two',
      preset: 'main-objects',
      prompt: preset?.prompt ?? '',
      each: false,
      dataset: 'pictures',
      stimuli: [names[2] as string, names[0] as string]
    });
    await noteQuestions(test.lab, probe, models('a', 'b'));
    expect((await showProbe(test.lab, probe)).waiting).toBe(2);
    await askProbe(test.lab, probe.id);
    const shown = await showProbe(test.lab, probe);
    expect(shown).toMatchObject({ waiting: 0, dataset: 'pictures', rows: [{ picture: null }] });
    expect(shown.models.map(({ model }) => model)).toEqual(['a', 'b']);
    const [first, second] = shown.rows[0]?.answers ?? [];
    expect(first?.content).toContain('a sees a cat');
    expect(second?.content).toContain('b sees a cat');
    const kinds = asked[0]?.parts.map(({ type, text }) => text ?? type);
    expect(kinds).toEqual([
      'The first image is',
      'image_url',
      '. The second image is',
      'image_url',
      '. Please tell me the main object of two images, respectively.'
    ]);
    const dataset = await datasets.byName(test.lab.db, 'pictures');
    const known = await datasets.namesIn(test.lab.db, dataset?.id ?? 0);
    expect(first?.imageSha256).toEqual([names[2], names[0]].map((name) => known.get(name ?? '')?.sha256));
  });

  it('asks about each picture by itself, tries a failing endpoint again, and keeps what fails for good', async () => {
    const probe = await createProbe(test.lab, {
      name: 'describe',
      preset: 'describe',
      prompt: 'Please describe this image.',
      each: true,
      dataset: 'pictures',
      stimuli: names
    });
    failing = 1;
    const before = asked.length;
    await noteQuestions(test.lab, probe, models('a', 'broken'));
    await askProbe(test.lab, probe.id);
    const { rows } = await showProbe(test.lab, probe);
    expect(rows.map(({ picture, answers }) => [picture, ...answers.map((answer) => answer?.state)])).toEqual([
      [0, 'answered', 'failed'],
      [1, 'answered', 'failed'],
      [2, 'answered', 'failed']
    ]);
    expect(asked.length - before).toBe(3 + 1 + 3);
    expect(JSON.stringify(rows)).not.toContain('abcdefghijklmnop');
    // Taken up again, nothing is asked twice.
    await askProbe(test.lab, probe.id);
    expect(asked.length - before).toBe(7);
  });

  it('goes through the shell: made, put to a further model, shown', async () => {
    const call = async (params: object) => {
      const outcome = await runShellCommand(test.lab, 'probe', params, () => {});
      if (!outcome.ok) throw new Error('problem' in outcome ? outcome.problem : outcome.unexpected);
      return outcome.document as { rows: { answers: { content: string }[] }[] };
    };
    const create = {
      preset: null,
      prompt: 'What is it?',
      each: false,
      dataset: 'pictures',
      stimuli: [names[0]]
    };
    await call({ name: 'shell', create, ask: models('a'), apiKey: null });
    const both = await call({ name: 'shell', create: null, ask: models('c'), apiKey: null });
    expect(both.rows[0]?.answers.map(({ content }) => content?.split(' ')[0])).toEqual(['a', 'c']);
    const again = await call({ name: 'shell', create: null, ask: models(), apiKey: null });
    expect(again).toEqual(both);
    await expect(call({ name: 'shell', create, ask: models('a'), apiKey: null })).rejects.toThrow(/already/);
  });

  it('says what is wrong before anything is kept', async () => {
    const options = {
      name: 'x',
      preset: null,
      prompt: 'Hm?',
      each: false,
      dataset: 'pictures',
      stimuli: names
    };
    await expect(createProbe(test.lab, { ...options, stimuli: [] })).rejects.toThrow(/at least one/);
    await expect(createProbe(test.lab, { ...options, stimuli: ['no.png'] })).rejects.toThrow(/"no.png"/);
    await expect(createProbe(test.lab, { ...options, prompt: '<ImageHere>?' })).rejects.toThrow(/1 picture/);
    await expect(findProbe(test.lab, 'x')).rejects.toThrow(/no probe/);
    const form = new FormData();
    form.set('models', 'gpt-4o\n');
    expect(() => readAsk(form)).toThrow(/"gpt-4o" is not a model, a base URL/);
  });
});
