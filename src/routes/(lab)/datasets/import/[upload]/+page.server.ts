import { redirect } from '@sveltejs/kit';
import * as datasets from '#lib/server/db/datasets.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { previewUpload } from '#lib/server/services/import/preview-upload.ts';
import { startImport, stopImport } from '#lib/server/services/import/start-import.ts';
import {
  findUpload,
  readProgress,
  readRefused,
  readReport,
  removeUpload
} from '#lib/server/services/import/uploads.ts';
import { readOptions } from './read-options.ts';
import type { Actions, PageServerLoad } from './$types';

/** Lines of a report on one page. */
const PAGE = 200;

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const upload = await orNotFound(() => findUpload(lab, params.upload));
  const refused = await readRefused(lab, upload.id);
  const open = upload.state === 'receiving' || upload.state === 'failed';
  const wanted = url.searchParams.get('list') ?? upload.options?.list ?? null;
  const report = upload.state === 'done' ? await readReport(lab, upload.id) : null;
  const from = Math.max(0, Number(url.searchParams.get('from')) || 0);
  return {
    upload,
    refusedNames: refused,
    preview: open ? await previewUpload(lab, upload, wanted) : null,
    progress: open ? null : await readProgress(lab, upload.id),
    now: Date.now(),
    names: open ? (await datasets.list(lab.db)).map(({ name }) => name) : [],
    report:
      report === null
        ? null
        : {
            ...report,
            refusedTotal: report.refused.length,
            refused: report.refused.slice(from, from + PAGE),
            warningsTotal: report.warnings.length,
            warnings: report.warnings.slice(0, PAGE),
            from,
            limit: PAGE
          }
  };
};

export const actions: Actions = {
  start: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const said = Object.fromEntries([...form].map(([key, value]) => [key, String(value)]));
    const failed = await orFail(async () => {
      await startImport(app(), params.upload, readOptions(form));
      return null;
    });
    if (failed !== null) return { ...failed, data: { ...failed.data, said } };
    redirect(303, `/datasets/import/${params.upload}`);
  },
  resume: async ({ locals, params }) => {
    requireResearcher(locals);
    const failed = await orFail(async () => {
      const upload = await findUpload(app(), params.upload);
      if (upload.options !== null) await startImport(app(), upload.id, upload.options);
      return null;
    });
    return failed ?? { problem: null, said: null };
  },
  stop: async ({ locals, params }) => {
    requireResearcher(locals);
    const failed = await orFail(async () => {
      await stopImport(app(), params.upload);
      return null;
    });
    return failed ?? { problem: null, said: null };
  },
  discard: async ({ locals, params }) => {
    requireResearcher(locals);
    const failed = await orFail(async () => {
      await removeUpload(app(), params.upload);
      return null;
    });
    if (failed !== null) return failed;
    redirect(303, '/datasets/import');
  }
};
