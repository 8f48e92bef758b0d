import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { withReceivedFile } from '#lib/server/http/receive-temporary.ts';
import { importBundle } from '#lib/server/services/bundle/import-bundle.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async ({ request, locals }) => {
    requireResearcher(locals);
    const lab = app();
    return orFail(async () => ({
      report: await withReceivedFile(lab, request, (file) => importBundle(lab, file.path, file.name))
    }));
  }
};
