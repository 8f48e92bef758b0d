import { error, fail, type ActionFailure } from '@sveltejs/kit';
import { BadInput } from '../tables/bad-input.ts';

/** What can be expected to go wrong, and the status that says so. */
const STATUS = {
  'bad-request': 400,
  'no-such-trial': 404,
  'not-sitting': 410,
  'other-sitting': 409,
  'no-sitting': 401,
  closed: 410,
  unknown: 404,
  unauthorised: 401,
  'too-large': 413,
  'too-many': 429
} as const;
export type ErrorCode = keyof typeof STATUS;

export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** A refusal as JSON, for the endpoints that pages and programs call. */
export function refusal(code: ErrorCode, reason: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: code, reason }, { status: STATUS[code], headers });
}

/** Runs an action's work: bad input comes back beside the form, anything else is unexpected. */
export async function orFail<T>(work: () => Promise<T>): Promise<T | ActionFailure<{ problem: string }>> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof BadInput) return fail(400, { problem: caught.onPage });
    throw caught;
  }
}

/** For a page's load: bad input (a name that does not exist) is a 404 with its sentence. */
export async function orNotFound<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof BadInput) error(404, caught.onPage);
    throw caught;
  }
}

/** For endpoints: bad input is refused as JSON with its sentence. */
export async function orRefusal(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof BadInput) return refusal('bad-request', caught.message);
    throw caught;
  }
}
