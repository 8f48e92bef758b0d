import { randomUUID } from 'node:crypto';
import type { ReadableStream } from 'node:stream/web';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Scope } from '#lib/domain/token-scopes.ts';
import { readJson } from '../http/body.ts';
import { downloadHeaders } from '../http/download.ts';
import type { Lab } from '../services/lab.ts';
import { checkToken } from '../services/tokens/check-token.ts';
import { BadInput, Conflict } from '../tables/bad-input.ts';
import { checkValue } from './check-value.ts';
import { matchOperation } from './match-operation.ts';
import { API_ROOT } from './openapi.ts';
import { isStreamed, type Call, type FileAnswer, type Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { readQuery } from './read-query.ts';

/** What a token may ask in a minute; a run that is watched once a second takes a tenth of it. */
export const REQUESTS_PER_MINUTE = 600;
/** Bytes of a JSON body: a study with its gold trials named one by one has room. */
const LONGEST_JSON = 4_000_000;

export type AnswerRequest = (request: Request, origin: string) => Promise<Response>;

/** The API of a lab: takes a request under `API_ROOT` and answers it, whatever happens. It reads no cookie. */
export function createApi(
  lab: Lab,
  operations: readonly Operation[],
  { requestsPerMinute = REQUESTS_PER_MINUTE } = {}
): AnswerRequest {
  // Counted in this process, as sign-ins are: a lab has one web process.
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  return async (request, origin) => {
    try {
      const url = new URL(request.url);
      const { operation, params } = matchOperation(operations, request.method, url.pathname, API_ROOT);
      if (operation.scope !== null) await admit(lab, limiter, request, operation.scope);
      const call: Call<unknown, unknown> = {
        lab,
        origin,
        param: (name) => params[name] as string,
        query: readQuery(operation.query, url.searchParams),
        body: await readBody(operation, request),
        stream: isStreamed(operation.body) ? (request.body as ReadableStream<Uint8Array> | null) : null
      };
      const answer = await operation.run(call as Call<never, never>);
      if (operation.answer !== null) return Response.json(answer, { status: operation.status });
      const { fileName, mediaType, stream } = answer as FileAnswer;
      return new Response(stream as globalThis.ReadableStream, {
        headers: downloadHeaders(fileName, mediaType)
      });
    } catch (error) {
      return problemFor(lab, error, request).toResponse();
    }
  };
}

async function admit(lab: Lab, limiter: RateLimiterMemory, request: Request, scope: Scope): Promise<void> {
  const secret = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const challenge = { 'WWW-Authenticate': 'Bearer realm="limen"' };
  if (secret === undefined) {
    throw new Problem(
      'no-token',
      'this needs a token: send it as "Authorization: Bearer …"; Settings makes one',
      {},
      challenge
    );
  }
  const checked = await checkToken(lab, secret);
  if (!checked.ok) {
    const headers = { 'WWW-Authenticate': `${challenge['WWW-Authenticate']}, error="invalid_token"` };
    throw new Problem('wrong-token', checked.reason, {}, headers);
  }
  try {
    await limiter.consume(checked.token.id);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new Problem(
      'too-many',
      `the token may ask ${limiter.points} times a minute; wait ${seconds} s`,
      {},
      { 'Retry-After': String(seconds) }
    );
  }
  if (!checked.token.scopes.includes(scope)) {
    const headers = {
      'WWW-Authenticate': `${challenge['WWW-Authenticate']}, error="insufficient_scope", scope="${scope}"`
    };
    const name = JSON.stringify(checked.token.name);
    throw new Problem('missing-scope', `the token ${name} has not the scope ${scope}`, { scope }, headers);
  }
}

async function readBody(operation: Operation, request: Request): Promise<unknown> {
  const { body } = operation;
  if (body === null) return undefined;
  const wanted = isStreamed(body) ? body.mediaType : 'application/json';
  const given = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (given !== wanted) {
    throw new Problem('wrong-media-type', `the body must be ${wanted}, not ${given || 'of no kind'}`);
  }
  if (isStreamed(body)) return undefined;
  const read = await readJson(request, LONGEST_JSON);
  if (!read.ok) throw new Problem(read.code === 'too-large' ? 'too-large' : 'malformed', read.reason);
  return checkValue(body, read.value, 'body');
}

function problemFor(lab: Pick<Lab, 'log'>, error: unknown, request: Request): Problem {
  if (error instanceof Problem) return error;
  // The same sentence as a page has: a program knows no options of a command line.
  if (error instanceof Conflict) return new Problem('conflict', error.onPage);
  if (error instanceof BadInput) return new Problem('invalid', error.onPage);
  const errorId = randomUUID();
  lab.log.error({ err: error, errorId, path: new URL(request.url).pathname }, 'unexpected at the API');
  return new Problem('unexpected', 'something unexpected went wrong here', { errorId });
}
