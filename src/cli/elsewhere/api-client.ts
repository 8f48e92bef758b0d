import { ReadableStream } from 'node:stream/web';
import { setTimeout as wait } from 'node:timers/promises';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/** A lab that is reached by its API. Every refusal is a BadInput with one sentence. */
export interface ApiClient {
  /** As it was given, without a slash at its end. */
  server: string;
  json(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** All pages of a list. */
  all(path: string): Promise<unknown[]>;
  file(path: string): Promise<ReadableStream<Uint8Array>>;
  /** Bytes as they are; a stream of them is sent as it comes. */
  send(path: string, mediaType: string, body: Blob | ReadableStream<Uint8Array>): Promise<unknown>;
}

interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  errorId?: string;
}

/** How often a command that asked too fast waits and asks again. */
const PATIENCE = 5;

/** @throws BadInput for an address that is none. */
export function apiClient(address: string, token: string): ApiClient {
  const server = serverOf(address);
  const request = async (
    method: string,
    path: string,
    mediaType: string | null,
    body: Blob | ReadableStream<Uint8Array> | string | null
  ) => {
    for (let attempt = 0; ; attempt++) {
      const response = await reach(server, `${server}/api/v1${path}`, {
        method,
        body: body as BodyInit | null,
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
        headers: {
          Authorization: `Bearer ${token}`,
          ...(mediaType === null ? {} : { 'Content-Type': mediaType })
        }
      });
      if (response.status === 429 && attempt < PATIENCE && !(body instanceof ReadableStream)) {
        await response.body?.cancel();
        await wait(1000 * Math.min(60, Number(response.headers.get('retry-after')) || 1));
        continue;
      }
      if (!response.ok) throw await refusal(server, method, path, response);
      return response;
    }
  };
  const document = async (response: Response): Promise<unknown> => {
    if (!/^application\/json/.test(response.headers.get('content-type') ?? '')) throw noApi(server);
    return response.json();
  };
  const client: ApiClient = {
    server,
    json: async (method, path, body) =>
      document(
        await (body === undefined
          ? request(method, path, null, null)
          : request(method, path, 'application/json', JSON.stringify(body)))
      ),
    async all(path) {
      const items: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const page = (await client.json('GET', `${path}?limit=1000${at}`)) as {
          items: unknown[];
          nextCursor: string | null;
        };
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    },
    async file(path) {
      const { headers, body } = await request('GET', path, null, null);
      if (body === null || headers.get('content-disposition') === null) throw noApi(server);
      return body as ReadableStream<Uint8Array>;
    },
    send: async (path, mediaType, body) => document(await request('POST', path, mediaType, body))
  };
  return client;
}

function serverOf(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new BadInput(`${JSON.stringify(address)} is no address of a lab; https://lab.example.org is one`);
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new BadInput(`a lab's address begins with https:// or http:// and holds no password`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+(api\/v1\/*)?$/, '');
}

async function reach(server: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    throw new BadInput(`the lab at ${server} cannot be reached (${cause?.code ?? 'no answer'})`);
  }
}

const noApi = (server: string) =>
  new BadInput(`${server} has no API v1: it is an older Limen, or another program`);

async function refusal(server: string, method: string, path: string, response: Response): Promise<Error> {
  if (!(response.headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    await response.body?.cancel();
    return response.status >= 500 ? new Error(`${server} answered ${response.status}`) : noApi(server);
  }
  const { code, detail, errorId } = (await response.json()) as ProblemBody;
  if (code === 'wrong-token' || code === 'no-token') return new BadInput(`${server}: ${detail}`);
  if (code === 'missing-scope')
    return new BadInput(`${server}: ${detail}; make one that has it in its Settings`);
  if (code === 'no-such-operation' || code === 'wrong-method') {
    return new BadInput(`${server} is an older Limen: its API has no ${method} ${path.replace(/\?.*/, '')}`);
  }
  if (response.status >= 500) return new Error(`${server}: ${detail} (${errorId ?? response.status})`);
  return new BadInput(detail);
}
