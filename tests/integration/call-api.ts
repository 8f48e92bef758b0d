import { createApi, type AnswerRequest } from '../../src/lib/server/api/answer-request.ts';
import { OPERATIONS } from '../../src/lib/server/api/operations.ts';
import type { OpenLab } from '../../src/lib/server/lab.ts';
import { makeToken } from '../../src/lib/server/services/tokens/make-token.ts';

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  // Tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

export type CallApi = (
  method: string,
  path: string,
  more?: {
    token?: string | null;
    body?: unknown;
    csv?: string;
    zip?: Uint8Array;
    headers?: Record<string, string>;
  }
) => Promise<Answered>;

/** The API of a lab as its route has it, without a web server; a token with every scope goes along unless another is given. */
export async function apiOf(
  lab: OpenLab,
  options: { requestsPerMinute?: number } = { requestsPerMinute: 100_000 }
): Promise<{ call: CallApi; answer: AnswerRequest; secret: string }> {
  const answer = createApi(lab, OPERATIONS, options);
  const { secret } = await makeToken(lab, {
    name: 'everything',
    scopes: ['read', 'write', 'run', 'people'],
    days: null,
    researcher: null
  });
  const call: CallApi = async (method, path, { token = secret, body, csv, zip, headers = {} } = {}) => {
    const type =
      zip !== undefined
        ? 'application/zip'
        : csv !== undefined
          ? 'text/csv'
          : body !== undefined
            ? 'application/json'
            : null;
    const response = await answer(
      new Request(`http://lab.test/api/v1${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(type === null ? {} : { 'Content-Type': type }),
          ...headers
        },
        body: (zip as BodyInit | undefined) ?? csv ?? (body === undefined ? null : JSON.stringify(body))
      }),
      'http://lab.test'
    );
    const text = await response.text();
    const isJson = /json$/.test(response.headers.get('content-type')?.replace('x-ndjson', '') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined
    };
  };
  return { call, answer, secret };
}
