import { app } from '#lib/server/http/app.ts';
import { orRefusal } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { readMultipart } from '#lib/server/http/multipart.ts';
import { receiveFile } from '#lib/server/services/import/receive-file.ts';
import { addRefused } from '#lib/server/services/import/uploads.ts';
import type { RequestHandler } from './$types';

/** Takes a batch of files in; they go to disk as they arrive. */
export const POST: RequestHandler = async ({ request, locals, params }) => {
  requireResearcher(locals);
  return orRefusal(async () => {
    const lab = app();
    const refused: string[] = [];
    await readMultipart(request, async ({ field, filename, bytes }) => {
      const role = field === 'archive' ? 'archive' : 'file';
      const problem = await receiveFile(lab, params.upload, { role, name: filename, bytes });
      if (problem !== null) refused.push(problem);
    });
    await addRefused(lab, params.upload, refused);
    return Response.json({ refused });
  });
};
