/** What can go wrong at the API, its status, and what the status is called (RFC 9110). */
export const PROBLEMS = {
  malformed: { status: 400, title: 'Bad Request', says: 'The body is no JSON.' },
  'no-token': { status: 401, title: 'Unauthorized', says: 'The request carries no bearer token.' },
  'wrong-token': { status: 401, title: 'Unauthorized', says: 'The token is unknown, revoked or expired.' },
  'missing-scope': { status: 403, title: 'Forbidden', says: 'The token lacks the scope that `scope` names.' },
  unknown: { status: 404, title: 'Not Found', says: 'There is nothing of that name or number.' },
  'no-such-operation': { status: 404, title: 'Not Found', says: 'This version of the API has no such path.' },
  'wrong-method': { status: 405, title: 'Method Not Allowed', says: 'The path takes other methods (Allow).' },
  conflict: { status: 409, title: 'Conflict', says: 'What is there already does not allow it.' },
  'too-large': { status: 413, title: 'Content Too Large', says: 'The body is larger than the lab takes.' },
  'wrong-media-type': { status: 415, title: 'Unsupported Media Type', says: 'The body is of another kind.' },
  invalid: { status: 422, title: 'Unprocessable Content', says: 'A field or a value cannot be.' },
  'too-many': { status: 429, title: 'Too Many Requests', says: 'Wait for Retry-After seconds.' },
  unexpected: { status: 500, title: 'Internal Server Error', says: 'The log has it under `errorId`.' }
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

interface ProblemMore {
  /** The scope that is missing. */
  scope?: string;
  /** Where in query or body, such as `body.seed`. */
  at?: string;
  errorId?: string;
}

/** A refusal with its one sentence; becomes an answer at the API's door (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly more: ProblemMore;
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: ProblemMore = {},
    headers: Record<string, string> = {}
  ) {
    super(detail);
    this.code = code;
    this.more = more;
    this.headers = headers;
  }

  toResponse(): Response {
    const { status, title } = PROBLEMS[this.code];
    const body = { type: 'about:blank', title, status, detail: this.message, code: this.code, ...this.more };
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/problem+json', ...this.headers }
    });
  }
}
