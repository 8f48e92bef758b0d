import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { receiveArchive } from '#lib/server/http/receive-archive.ts';
import { listUploads, removeUpload } from '#lib/server/services/import/uploads.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  const lab = app();
  const uploads = await listUploads(lab);
  return {
    maxBytes: lab.config.maxUploadBytes,
    uploads: uploads.map(({ id, label, state, createdAt, options }) => ({
      id,
      label,
      state,
      createdAt,
      name: options?.name ?? null
    }))
  };
};

export const actions: Actions = {
  /** A zip, and perhaps a list beside it, by a plain form. */
  archive: async ({ request, locals }) => {
    requireResearcher(locals);
    const made = await orFail(() => receiveArchive(app(), request));
    if ('upload' in made) redirect(303, `/datasets/import/${made.upload}`);
    return made;
  },
  discard: async ({ request, locals }) => {
    requireResearcher(locals);
    const id = String((await request.formData()).get('upload') ?? '');
    const failed = await orFail(async () => {
      await removeUpload(app(), id);
      return null;
    });
    return failed ?? { problem: null };
  }
};
