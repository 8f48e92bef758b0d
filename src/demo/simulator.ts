import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readout } from '#lib/domain/observer.ts';
import { SIMULATED_FINGERPRINT } from '#lib/domain/simulation/fingerprint.ts';
import { syntheticAnswer, type SyntheticObserver } from '#lib/domain/simulation/observer.ts';
import { seePrompt } from '#lib/domain/simulation/seen-prompt.ts';
import { tokenProbabilities } from '#lib/domain/simulation/token-probabilities.ts';
import { syntheticText } from '#lib/domain/simulation/wording.ts';
import { GROUP_SIZES, type GroupSize } from '#lib/domain/study.ts';
import { seededRandom } from '#lib/stats/random.ts';

export interface SimulatorOptions {
  /** True quality 0–100 of a picture by the SHA-256 of its bytes; undefined for one that it was never told of. */
  truth: (sha256: string) => number | undefined;
  observer: SyntheticObserver;
  seed: number;
  /** 0 for any that is free. */
  port: number;
}

export interface Simulator {
  /** The base URL for a client, ending in `/v1`. */
  baseUrl: string;
  stop(): Promise<void>;
}

/** What a question may hold: eight pictures of a few megabytes, in base64. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * A simulated model behind an OpenAI-compatible endpoint on this machine alone. It recognises the pictures that it is sent by
 * their very bytes, perceives their true quality with its own noise, and answers in the format that it is asked for. Its
 * fingerprint says that it is a simulation, by which whatever it answers is labelled. Pictures that it does not know it
 * declines to judge.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) sendJson(response, 400, errorBody(message));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && path === '/v1/models') {
      return sendJson(response, 200, {
        object: 'list',
        data: [{ id: 'simulated-observer', object: 'model', owned_by: 'limen' }]
      });
    }
    if (request.method !== 'POST' || path !== '/v1/chat/completions') {
      return sendJson(response, 404, errorBody(`there is no ${path}`));
    }
    const body = await bodyOf(request);
    const question = sha256(body);
    const times = (asked.get(question) ?? 0) + 1;
    asked.set(question, times);
    const chat = JSON.parse(body.toString('utf8')) as ChatRequest;
    const parts = chat.messages.flatMap(({ content }) =>
      typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
    );
    const images = parts.flatMap((part) => (part.type === 'image_url' ? [sha256(imageBytes(part))] : []));
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    const readout: Readout = chat.logprobs
      ? 'logprobs'
      : chat.response_format?.type === 'json_schema'
        ? 'json'
        : 'text';
    const random = seededRandom(`simulator/${options.seed}/${question}/${times}`);
    const spoken = speak(text, images, readout, random);
    const promptTokens = Math.ceil(text.length / 4) + 85 * images.length;
    const completionTokens = Math.ceil(spoken.content.length / 4);
    sendJson(response, 200, {
      id: `chatcmpl-${question.slice(0, 24)}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: chat.model,
      system_fingerprint: SIMULATED_FINGERPRINT,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: spoken.content, refusal: null },
          finish_reason: 'stop',
          logprobs: spoken.logprobs
        }
      ],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens
      }
    });
  }

  function speak(
    text: string,
    images: string[],
    readout: Readout,
    random: ReturnType<typeof seededRandom>
  ): { content: string; logprobs: unknown } {
    const prompt = seePrompt(text, images, readout);
    const qualities = prompt?.judged.map(options.truth) ?? [];
    if (prompt === null || qualities.some((quality) => quality === undefined)) {
      return {
        content:
          "I'm sorry, but I can't assist with that: I am a simulated observer and know the demonstration's pictures alone.",
        logprobs: null
      };
    }
    const given = syntheticAnswer(
      prompt.protocol,
      qualities as number[],
      options.observer,
      {
        scale: 'continuous-100',
        allowTies: prompt.allowTies,
        groupSize: GROUP_SIZES.find((size) => size === qualities.length && size !== 4) as Exclude<
          GroupSize,
          4
        >
      },
      random
    );
    const content = syntheticText(given, prompt.protocol, prompt.strategy, readout);
    if (readout !== 'logprobs') return { content, logprobs: null };
    const tokens = tokenProbabilities(content, given.kind === 'score' ? given.score : null);
    return {
      content,
      logprobs: {
        content: tokens.map(({ token, logprob, top }) => ({ token, logprob, bytes: null, top_logprobs: top }))
      }
    };
  }

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  };
}

interface ChatRequest {
  model: string;
  messages: { role: string; content: string | ContentPart[] }[];
  logprobs?: boolean;
  response_format?: { type: string };
}
type ContentPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) throw new Error(`a question has at most ${MOST_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function imageBytes({ image_url: { url } }: Extract<ContentPart, { type: 'image_url' }>): Buffer {
  const match = /^data:image\/[a-z+.-]+;base64,/.exec(url);
  if (match === null) throw new Error('a picture comes as a data URL');
  return Buffer.from(url.slice(match[0].length), 'base64');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function errorBody(message: string): unknown {
  return { error: { message, type: 'simulator_error', param: null, code: null } };
}
