import { app } from '#lib/server/http/app.ts';
import { readJson } from '#lib/server/http/body.ts';
import { refusal } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { createUpload } from '#lib/server/services/import/uploads.ts';
import type { RequestHandler } from './$types';

/** Opens an upload that files are then sent to. */
export const POST: RequestHandler = async ({ request, locals }) => {
  requireResearcher(locals);
  const body = await readJson(request, 10_000);
  if (!body.ok) return refusal(body.code, body.reason);
  const { kind, label } = (body.value ?? {}) as { kind?: unknown; label?: unknown };
  if ((kind !== 'folder' && kind !== 'zip') || typeof label !== 'string') {
    return refusal('bad-request', 'kind (folder or zip) and label are needed');
  }
  const upload = await createUpload(app(), kind, label);
  return Response.json({ id: upload.id });
};
