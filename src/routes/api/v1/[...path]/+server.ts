import { createApi, type AnswerRequest } from '#lib/server/api/answer-request.ts';
import { OPERATIONS } from '#lib/server/api/operations.ts';
import { app } from '#lib/server/http/app.ts';
import type { RequestHandler } from './$types';

let api: AnswerRequest | null = null;

/**
 * The one door of the API: which paths there are, and who may use them, stands with the operations. A browser's cookie
 * counts for nothing here, so no other site can have a signed-in browser do something; and none may read the answers.
 */
const handler: RequestHandler = ({ request, url }) => {
  api ??= createApi(app(), OPERATIONS);
  return api(request, url.origin);
};

export const GET = handler;
export const POST = handler;
export const DELETE = handler;
export const fallback = handler;
