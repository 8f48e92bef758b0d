import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Readout } from '../../src/lib/domain/observer.ts';
import {
  IDEAL_OBSERVER,
  syntheticAnswer,
  type SyntheticObserver
} from '../../src/lib/domain/simulation/observer.ts';
import { seePrompt, type SeenPrompt as PlainPrompt } from '../../src/lib/domain/simulation/seen-prompt.ts';
import { tokenProbabilities } from '../../src/lib/domain/simulation/token-probabilities.ts';
import { syntheticText } from '../../src/lib/domain/simulation/wording.ts';
import { seededRandom, type Random } from '../../src/lib/stats/random.ts';
import { fakeBatches, type FakeBatches, type FakeBatchOptions } from './fake-batches.ts';

/** What can go wrong with a request instead of an answer. */
export type FaultKind =
  | 'rate-limit'
  | 'server-error'
  | 'hang'
  | 'reset'
  | 'garbage-json'
  | 'not-json'
  | 'empty-choices'
  | 'refusal'
  | 'refusal-text'
  | 'truncated'
  | 'content-filter'
  | 'rejected'
  | 'nonsense';

/** When a fault happens: to every k-th request that arrives, to the first n, or to a share of them, spread evenly. */
export interface Fault {
  kind: FaultKind;
  every?: number;
  first?: number;
  /** 0 to 1. */
  share?: number;
  /** For `rate-limit` (default 429) and `server-error` (default 500). */
  status?: number;
  /** The `Retry-After` header of a `rate-limit` or `server-error`, in seconds; none without it. */
  retryAfterSeconds?: number;
}

/** A request as the answering code sees it; pictures go by the SHA-256 of their bytes. */
export type SeenPrompt = PlainPrompt & { random: Random };

export interface FakeOpenAiOptions {
  seed?: number;
  /** Each answer takes a time drawn evenly from this range. */
  latencyMs?: readonly [number, number];
  faults?: readonly Fault[];
  /** True quality 0–100 by the SHA-256 of an image's bytes; an image that is not in it has 50 and is counted. */
  truth?: ReadonlyMap<string, number> | ((sha256: string) => number | undefined);
  /** Who looks at the true qualities. */
  observer?: SyntheticObserver;
  /** Answers in its own words instead. */
  answer?: (prompt: SeenPrompt) => string;
  /** With what a request for `json_schema` meets: obeyed, passed over in silence, or refused with 400. */
  structuredOutputs?: 'obey' | 'ignore' | 'reject';
  /** Whether token probabilities come when they are asked for. */
  logprobs?: boolean;
  /** How its Batch API behaves. */
  batches?: FakeBatchOptions;
  /** Any other key gets 401. */
  apiKey?: string;
  /** Any other model gets 404. */
  model?: string;
}

/** Ready-made troubles, by name. */
export const SCENARIOS = {
  plain: {},
  slow: { latencyMs: [200, 400] },
  'rate-limited': { faults: [{ kind: 'rate-limit', every: 3, retryAfterSeconds: 0 }] },
  'rate-limited-one-second': { faults: [{ kind: 'rate-limit', first: 1, retryAfterSeconds: 1 }] },
  'rate-limited-silent': { faults: [{ kind: 'rate-limit', every: 4 }] },
  flaky: {
    faults: [
      { kind: 'server-error', every: 5 },
      { kind: 'reset', every: 7 }
    ]
  },
  down: { faults: [{ kind: 'server-error', every: 1, status: 503 }] },
  hanging: { faults: [{ kind: 'hang', every: 1 }] },
  'hanging-once': { faults: [{ kind: 'hang', first: 1 }] },
  resetting: { faults: [{ kind: 'reset', every: 1 }] },
  garbage: {
    faults: [
      { kind: 'garbage-json', every: 3 },
      { kind: 'not-json', every: 5 }
    ]
  },
  empty: { faults: [{ kind: 'empty-choices', every: 1 }] },
  refusing: {
    faults: [
      { kind: 'refusal', every: 4 },
      { kind: 'refusal-text', every: 6 }
    ]
  },
  truncating: { faults: [{ kind: 'truncated', every: 4 }] },
  filtering: { faults: [{ kind: 'content-filter', every: 4 }] },
  rejecting: { faults: [{ kind: 'rejected', every: 1 }] },
  babbling: { faults: [{ kind: 'nonsense', every: 4 }] },
  'no-structured-output': { structuredOutputs: 'ignore' },
  'no-logprobs': { logprobs: false },
  everything: {
    latencyMs: [1, 10],
    faults: [
      { kind: 'rate-limit', every: 11, retryAfterSeconds: 0 },
      { kind: 'server-error', every: 13 },
      { kind: 'reset', every: 17 },
      { kind: 'not-json', every: 19 },
      { kind: 'refusal', every: 23 },
      { kind: 'truncated', every: 29 },
      { kind: 'content-filter', every: 31 },
      { kind: 'nonsense', every: 37 }
    ]
  }
} satisfies Record<string, FakeOpenAiOptions>;
export type ScenarioName = keyof typeof SCENARIOS;

/** What happened to one request. */
export interface FakeRequest {
  /** From 1, in the order of arrival. */
  number: number;
  model: string;
  bodyBytes: number;
  /** SHA-256 of the body: the same question has the same one. */
  fingerprint: string;
  imageSha256: string[];
  text: string;
  temperature: number | null;
  maxTokens: number | null;
  readout: Readout;
  authorization: string | null;
  /** The fault it met, or null where it was answered. */
  fault: FaultKind | null;
  /** 0 where the connection was dropped or nothing ever came. */
  status: number;
  /** What was answered. */
  content: string | null;
  /** When it arrived, in ms of `performance.now()`. */
  arrivedAt: number;
  /** What was said to have been used, in and out; 0 where nothing was. */
  tokens: number;
}

export interface FakeOpenAi {
  /** The base URL for a client, ending in `/v1`. */
  url: string;
  requests: FakeRequest[];
  /** How many requests met each fault, and how many were answered. */
  counts(): Record<FaultKind | 'answered', number>;
  /** How often each question was answered (and so paid for), by fingerprint. */
  answeredTimes(): Map<string, number>;
  /** What was handed over by batches. */
  batches: FakeBatches;
  /** Images that the truth table did not know. */
  unknownImages: Set<string>;
  /** The most requests that were open at once. */
  maxConcurrent(): number;
  inFlight(): number;
  /** Changes how it behaves from the next request on; an outage can begin and end. */
  behave(options: FakeOpenAiOptions): void;
  stop(): Promise<void>;
}

/**
 * An OpenAI-compatible chat-completions server that does as told. It looks at the very bytes that it receives: with a
 * truth table by SHA-256 it answers as a synthetic observer, so that a whole run can be checked against known qualities.
 * An answer depends on the seed, the question and how often that was asked, never on the order of arrival.
 */
export async function startFakeOpenAi(
  scenario: ScenarioName | FakeOpenAiOptions = {},
  more: FakeOpenAiOptions = {}
): Promise<FakeOpenAi> {
  let options: FakeOpenAiOptions = {
    ...(typeof scenario === 'string' ? SCENARIOS[scenario] : scenario),
    ...more
  };
  const requests: FakeRequest[] = [];
  const unknownImages = new Set<string>();
  const asked = new Map<string, number>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let arrived = 0;
  let sinceChange = 0;
  let open = 0;
  let most = 0;

  const server: Server = createServer((request, response) => {
    open++;
    most = Math.max(most, open);
    response.once('close', () => open--);
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, errorBody(String(error), 'fake_broken'));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const batches = fakeBatches(
    async (body) => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }
      });
      return { status: answer.status, body: await answer.json() };
    },
    () => options.batches ?? {}
  );

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    const arrivedAt = performance.now();
    const body = await readBody(request);
    if (request.method === 'GET' && path === '/v1/models') {
      return sendJson(response, 200, {
        object: 'list',
        data: [{ id: options.model ?? 'fake', object: 'model' }]
      });
    }
    const batched = await batches.handle({
      method: request.method ?? 'GET',
      path: path ?? '',
      body,
      contentType: request.headers['content-type'] ?? ''
    });
    if (batched !== null) {
      if (typeof batched.body !== 'string') return sendJson(response, batched.status, batched.body);
      response.writeHead(batched.status, { 'content-type': 'application/jsonl' }).end(batched.body);
      return;
    }
    if (request.method !== 'POST' || path !== '/v1/chat/completions') {
      return sendJson(response, 404, errorBody(`no such path: ${path}`, 'not_found'));
    }
    arrived++;
    sinceChange++;
    const place = sinceChange;
    const fingerprint = sha256(body);
    const chat = JSON.parse(body.toString('utf8')) as ChatRequest;
    const parts = chat.messages.flatMap(({ content }) =>
      typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
    );
    const imageSha256 = parts.flatMap((part) =>
      part.type === 'image_url' ? [sha256(imageBytes(part))] : []
    );
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    const record: FakeRequest = {
      number: arrived,
      model: chat.model,
      bodyBytes: body.length,
      fingerprint,
      imageSha256,
      text,
      temperature: chat.temperature ?? null,
      maxTokens: chat.max_tokens ?? chat.max_completion_tokens ?? null,
      readout: chat.logprobs ? 'logprobs' : chat.response_format?.type === 'json_schema' ? 'json' : 'text',
      authorization: request.headers.authorization ?? null,
      fault: null,
      status: 0,
      content: null,
      arrivedAt,
      tokens: 0
    };
    requests.push(record);
    const fail = (status: number, message: string, code: string, headers: Record<string, string> = {}) => {
      record.status = status;
      sendJson(response, status, errorBody(message, code), headers);
    };

    if (options.apiKey !== undefined && record.authorization !== `Bearer ${options.apiKey}`) {
      return fail(401, 'Incorrect API key provided.', 'invalid_api_key');
    }
    if (options.model !== undefined && chat.model !== options.model) {
      return fail(404, `The model \`${chat.model}\` does not exist.`, 'model_not_found');
    }
    if (record.readout === 'json' && options.structuredOutputs === 'reject') {
      return fail(
        400,
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported.",
        'unsupported'
      );
    }
    const fault = faultFor(place, options.faults ?? []);
    record.fault = fault?.kind ?? null;
    const times = (asked.get(fingerprint) ?? 0) + 1;
    asked.set(fingerprint, times);
    const random = seededRandom(`fake/${options.seed ?? 1}/${fingerprint}/${times}`);
    const [shortest, longest] = options.latencyMs ?? [0, 0];
    await pause(shortest + random.uniform() * (longest - shortest));

    switch (fault?.kind) {
      case 'hang':
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'rate-limit':
        return fail(
          fault.status ?? 429,
          'Rate limit reached for requests.',
          'rate_limit_exceeded',
          retryAfter(fault)
        );
      case 'server-error':
        return fail(fault.status ?? 500, 'The server had an error.', 'server_error', retryAfter(fault));
      case 'rejected':
        return fail(400, 'Invalid image.', 'invalid_image');
      case 'not-json':
        record.status = 200;
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>');
        return;
      case 'garbage-json':
        record.status = 200;
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"id": "chatcmpl-1", "choices": [{"mess');
        return;
      case 'empty-choices':
        record.status = 200;
        return sendJson(response, 200, { ...completionShell(record), choices: [] });
    }
    const seen = seePrompt(text, imageSha256, record.readout);
    if (seen === null)
      return fail(400, 'The question speaks of more images than were sent.', 'too_few_images');
    const prompt = { ...seen, random };
    record.status = 200;
    const choices = [{ index: 0, ...spoken(prompt, record, fault?.kind ?? null) }];
    const used = usage(text, imageSha256.length, record.content);
    record.tokens = used['total_tokens'] ?? 0;
    sendJson(response, 200, { ...completionShell(record), choices, usage: used });
  }

  /** The message and how it ended, whether as asked or as a model sometimes does instead. */
  function spoken(prompt: SeenPrompt, record: FakeRequest, fault: FaultKind | null): Record<string, unknown> {
    const message = (content: string | null, finishReason = 'stop', refusal: string | null = null) => {
      record.content = content;
      return {
        message: { role: 'assistant', content, refusal },
        finish_reason: finishReason,
        logprobs: null
      };
    };
    switch (fault) {
      case 'refusal':
        return message(null, 'stop', "I'm sorry, but I can't assist with that request.");
      case 'refusal-text':
        return message("I'm sorry, but I can't assist with that.");
      case 'content-filter':
        return message(null, 'content_filter');
      case 'truncated':
        return message('Description: The image shows a slight blur along the', 'length');
      case 'nonsense':
        return message('It depends on how one looks at it: 3 things speak for it, 4 against.');
    }
    const obeys = record.readout !== 'json' || (options.structuredOutputs ?? 'obey') === 'obey';
    const readout: Readout = obeys ? record.readout : 'text';
    if (options.answer) return message(options.answer({ ...prompt, readout }));
    const answer = syntheticAnswer(
      prompt.protocol,
      prompt.judged.map(qualityOf),
      options.observer ?? IDEAL_OBSERVER,
      { scale: 'continuous-100', allowTies: prompt.allowTies },
      prompt.random
    );
    const content = syntheticText(answer, prompt.protocol, prompt.strategy, readout);
    const said = message(content);
    if (readout !== 'logprobs' || options.logprobs === false) return said;
    return {
      ...said,
      logprobs: {
        content: tokenProbabilities(content, answer.kind === 'score' ? answer.score : null).map(
          ({ token, logprob, top }) => ({ token, logprob, bytes: null, top_logprobs: top })
        )
      }
    };
  }

  function qualityOf(image: string): number {
    const { truth } = options;
    const known = typeof truth === 'function' ? truth(image) : truth?.get(image);
    if (known === undefined) unknownImages.add(image);
    return known ?? 50;
  }

  function pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  }

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    batches,
    unknownImages,
    counts() {
      const counts: Record<string, number> = { answered: 0 };
      for (const { fault, content } of requests) {
        if (fault !== null) counts[fault] = (counts[fault] ?? 0) + 1;
        else if (content !== null) counts.answered = (counts.answered ?? 0) + 1;
      }
      return new Proxy(counts, { get: (all, key) => all[String(key)] ?? 0 }) as Record<
        FaultKind | 'answered',
        number
      >;
    },
    answeredTimes() {
      const times = new Map<string, number>();
      for (const { fingerprint, status } of requests) {
        if (status === 200) times.set(fingerprint, (times.get(fingerprint) ?? 0) + 1);
      }
      return times;
    },
    maxConcurrent: () => most,
    inFlight: () => open,
    behave(changed) {
      options = changed;
      sinceChange = 0;
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  };
}

interface ChatRequest {
  model: string;
  messages: { role: string; content: string | ContentPart[] }[];
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  logprobs?: boolean;
  response_format?: { type: string };
}
type ContentPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function imageBytes(part: Extract<ContentPart, { type: 'image_url' }>): Buffer {
  const match = /^data:image\/[a-z+.-]+;base64,/.exec(part.image_url.url);
  if (match === null) throw new Error(`not a data URL: ${part.image_url.url.slice(0, 40)}`);
  return Buffer.from(part.image_url.url.slice(match[0].length), 'base64');
}

/** Multiples of it, less their whole parts, lie evenly between 0 and 1. */
const GOLDEN = 0.618033988749895;

function faultFor(place: number, faults: readonly Fault[]): Fault | undefined {
  return faults.find(
    (fault) =>
      (fault.first !== undefined && place <= fault.first) ||
      (fault.every !== undefined && place % fault.every === 0) ||
      (fault.share !== undefined && (place * GOLDEN) % 1 < fault.share)
  );
}

function retryAfter(fault: Fault): Record<string, string> {
  return fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {}
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function errorBody(message: string, code: string): unknown {
  return { error: { message, type: 'fake_error', param: null, code } };
}

function completionShell(record: FakeRequest): Record<string, unknown> {
  return {
    id: `chatcmpl-fake-${record.number}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: record.model,
    system_fingerprint: 'fp_fake'
  };
}

/** Four characters a token, 85 tokens an image. */
function usage(text: string, images: number, content: string | null): Record<string, number> {
  const prompt = Math.ceil(text.length / 4) + 85 * images;
  const completion = Math.ceil((content ?? '').length / 4);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
