import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { pauseRun } from '../../src/lib/server/services/run/control-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 12 });
  await makeDataset(test, 'with-references', { count: 12, references: 2 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 4 });
  await makeStudy(test, 'with-references', 'groups', 'multiple-stimulus', { groupsPerImage: 3 });
});
afterAll(() => test.remove());

type Reply = {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  hang?: boolean;
  destroy?: boolean;
};
type Seen = { images: string[]; text: string };
let server: Server | null = null;

/** An endpoint for one test, answering by a function of what it was shown. */
async function endpoint(reply: (seen: Seen, index: number) => Reply): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        messages: { content: { type: string; text?: string; image_url?: { url: string } }[] }[];
      };
      const parts = body.messages.flatMap((message) => message.content);
      const one: Seen = {
        images: parts
          .filter((part) => part.image_url !== undefined)
          .map((part) =>
            createHash('sha256')
              .update(Buffer.from((part.image_url?.url ?? '').split(',')[1] as string, 'base64'))
              .digest('hex')
          ),
        text: parts.map((part) => part.text ?? '').join('\n')
      };
      seen.push(one);
      const { status = 200, headers = {}, body: answer, hang, destroy } = reply(one, seen.length - 1);
      if (hang) return;
      if (destroy) {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

function said(content: string, more: { tokensIn?: number; tokensOut?: number; finish?: string } = {}): Reply {
  return {
    body: {
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'fake-1',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: more.finish ?? 'stop' }],
      usage: { prompt_tokens: more.tokensIn ?? 100, completion_tokens: more.tokensOut ?? 10, total_tokens: 0 }
    }
  };
}

let names = 0;
function options(study: string, url: string, more: Partial<RunOptions> = {}): RunOptions {
  return {
    ...RUN_DEFAULTS,
    study,
    model: `fake-${names++}`,
    baseUrl: url,
    strategy: 'standard',
    concurrency: 4,
    ...more
  };
}

/** Quality by the hash of the bytes: what the fake observer "sees". */
async function truth(study: string): Promise<Map<string, number>> {
  const found = (await studies.byName(test.lab.db, study))!;
  return new Map((await studies.stimuliIn(test.lab.db, found.id)).map((row) => [row.sha256, row.mos ?? 100]));
}

async function rowCounts(
  sessionId: number
): Promise<{ presentations: number; responses: number; completions: number }> {
  const [row] = await rowsOf<{ p: string; r: string; c: string }>(
    test.lab.db,
    sql`select (select count(*) from presentations where session_id = ${sessionId}) as p,
      (select count(*) from responses r join presentations p on p.id = r.presentation_id where p.session_id = ${sessionId}) as r,
      (select count(*) from completions c join presentations p on p.id = c.presentation_id where p.session_id = ${sessionId}) as c`
  );
  return { presentations: Number(row?.p), responses: Number(row?.r), completions: Number(row?.c) };
}

describe('a run', () => {
  it('sits the same trials as people, with the stored bytes, and the analysis finds its quality again', async () => {
    for (const [study, answer] of [
      ['single', (q: number[]) => `Score: ${Math.round(q[0] as number)}`],
      ['pairs', (q: number[]) => `Score: ${(q[0] as number) > (q[1] as number) ? 1 : 0}`],
      [
        'groups',
        (q: number[]) => `Score: [${q.map((one) => q.filter((other) => other < one).length).join(', ')}]`
      ]
    ] as const) {
      const quality = await truth(study);
      const { url, seen } = await endpoint(({ images }) => {
        // In a full-reference study the reference comes with the judged images.
        const judged = images.slice(study === 'groups' ? 1 : 0);
        return said(answer(judged.map((sha256) => quality.get(sha256) ?? Number.NaN)));
      });
      const started = await startRun(test.lab, options(study, url));
      expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
      const counts = await rowCounts(started.sessionId);
      expect(counts.responses).toBe(counts.presentations);
      expect(counts.completions).toBe(counts.presentations);
      expect(seen.flatMap((one) => one.images).every((sha256) => quality.has(sha256))).toBe(true);
      const results = await analyseStudy(test.lab, (await studies.byName(test.lab.db, study))!);
      const observer = results.observers.find((one) => one.observer === started.observer);
      expect(observer?.outcomes).toEqual({ ok: counts.presentations });
      expect(observer?.srcc).toBeGreaterThan(0.9);
      expect(observer?.kind).toBe('model');
      server?.close();
    }
  });

  it('keeps refusals, garbage and cut answers as what they are, and never asks them again', async () => {
    const replies = [
      said("I'm sorry, but I can't assist with that."),
      said('no number here'),
      said('Score: 250'),
      said('The image shows', { finish: 'length' }),
      said('', { finish: 'content_filter' })
    ];
    const { url, seen } = await endpoint((_, index) => replies[index] ?? said('Score: 50'));
    const started = await startRun(test.lab, options('single', url, { concurrency: 1 }));
    expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
    expect((await runSummaries.summary(test.lab.db, started.sessionId))?.outcomes).toEqual({
      refused: 1,
      unparseable: 1,
      'out-of-range': 1,
      truncated: 1,
      'content-filtered': 1,
      ok: 7
    });
    expect(seen).toHaveLength(12);
    expect(await continueRun(test.lab, started.sessionId)).toBeNull();
    expect(seen).toHaveLength(12);
  });

  it('tries transport failures again: 429 with Retry-After, 500, cut connections, bodies that are not JSON', async () => {
    const waits: number[] = [];
    let held = 0;
    const { url, seen } = await endpoint((_, index) => {
      if (held > 0) waits.push(performance.now() - held);
      held = 0;
      if (index === 0) {
        held = performance.now();
        return { status: 429, headers: { 'Retry-After': '1' }, body: { error: { message: 'slow down' } } };
      }
      if (index === 2) return { status: 500, body: { error: { message: 'oops' } } };
      if (index === 4) return { destroy: true };
      if (index === 6) return { body: '<html>not json</html>' };
      if (index === 8) return { body: { choices: [] } };
      return said('Score: 40');
    });
    const started = await startRun(test.lab, options('single', url, { concurrency: 1 }));
    expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
    expect((await runSummaries.summary(test.lab.db, started.sessionId))?.outcomes).toEqual({ ok: 12 });
    expect(seen).toHaveLength(17);
    expect(waits[0]).toBeGreaterThanOrEqual(1000);
    expect((await runSummaries.summary(test.lab.db, started.sessionId))?.failures).toBe(5);
  });

  it('stops at once, blaming no presentation, when the endpoint refuses the key', async () => {
    const { url, seen } = await endpoint(() => ({
      status: 401,
      body: { error: { message: 'bad key sk-abcdefghijklmnop' } }
    }));
    const started = await startRun(test.lab, options('single', url, { concurrency: 1 }));
    expect(await continueRun(test.lab, started.sessionId)).toBe('failed');
    expect(seen).toHaveLength(1);
    expect((await rowCounts(started.sessionId)).responses).toBe(0);
    expect((await runs.byId(test.lab.db, started.sessionId))?.stateReason).not.toContain('abcdefghijklmnop');
  });

  it('stops before the cap is passed, and goes on when it is raised', async () => {
    const { url } = await endpoint(() => said('Score: 40', { tokensIn: 1000, tokensOut: 100 }));
    // 0.002 US dollars a request.
    const chosen = options('pairs', url, { priceIn: 1, priceOut: 10, maxCost: 0.021 });
    const started = await startRun(test.lab, chosen);
    expect(await continueRun(test.lab, started.sessionId)).toBe('capped');
    const capped = await runSummaries.summary(test.lab.db, started.sessionId);
    expect(capped?.cost).toBeLessThanOrEqual(0.021);
    expect(capped?.done).toBeGreaterThanOrEqual(8);
    const resumed = await startRun(test.lab, { ...chosen, maxCost: 10, resume: true });
    expect(resumed.sessionId).toBe(started.sessionId);
    expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
    const done = await runSummaries.summary(test.lab.db, started.sessionId);
    expect(done?.done).toBe(done?.total);
    expect(done?.cost).toBeCloseTo(0.002 * (done?.total ?? 0), 10);
    expect((await startRun(test.lab, { ...chosen, resume: true })).complete).toBe(true);
  });

  it('pauses between requests and resumes without asking anything twice', async () => {
    let sessionId = 0;
    const { url, seen } = await endpoint((_, index) => {
      if (index === 5) void pauseRun(test.lab, sessionId);
      return said('Score: 1');
    });
    const chosen = options('pairs', url, { concurrency: 2, requestsPerMinute: 1200 });
    sessionId = (await startRun(test.lab, chosen)).sessionId;
    expect(await continueRun(test.lab, sessionId)).toBe('paused');
    const paused = await rowCounts(sessionId);
    expect(paused.responses).toBeLessThan(paused.presentations);
    expect(paused.responses).toBe(seen.length);
    await expect(startRun(test.lab, chosen)).rejects.toThrow(/--resume/);
    await startRun(test.lab, { ...chosen, requestsPerMinute: null, resume: true });
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    const after = await rowCounts(sessionId);
    expect(after.responses).toBe(after.presentations);
    expect(seen).toHaveLength(after.presentations);
  });

  it('is worked on by one process at a time', async () => {
    const { url, seen } = await endpoint(() => said('Score: 1'));
    const { sessionId } = await startRun(test.lab, options('pairs', url));
    const [first, second] = await Promise.all([
      continueRun(test.lab, sessionId),
      continueRun({ ...test.lab, processId: 'other' }, sessionId)
    ]);
    expect([first, second].sort()).toEqual(['completed', null]);
    expect(seen).toHaveLength((await rowCounts(sessionId)).presentations);
  });

  it('shows a pair in both orders, and repeats it, when asked', async () => {
    const { url, seen } = await endpoint(() => said('Score: 2'));
    const { sessionId } = await startRun(test.lab, options('pairs', url, { bothOrders: true, repeats: 2 }));
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    const orders = new Map<string, number>();
    for (const { images } of seen) orders.set(images.join(), (orders.get(images.join()) ?? 0) + 1);
    for (const [shown, n] of orders) {
      expect(n).toBe(2);
      expect(orders.get(shown.split(',').reverse().join())).toBe(2);
    }
  });
});
