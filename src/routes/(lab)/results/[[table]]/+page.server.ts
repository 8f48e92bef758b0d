import { error } from '@sveltejs/kit';
import { TABLE_NAMES, type TableName } from '#lib/domain/tables/paper-tables.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import {
  beginAgreements,
  markTrainedOn,
  publishFigure,
  readPaperTable
} from '#lib/server/services/paper-tables.ts';
import type { Actions, PageServerLoad } from './$types';

/** What one look may wait for all studies together; those that take longer are there at the next. */
const PATIENCE_MS = 3000;

function tableAt(given: string | undefined): TableName {
  const name = TABLE_NAMES.find((known) => known === (given ?? 'nine-systems'));
  // The first table lies at /results itself.
  if (!name || given === 'nine-systems') error(404, `There is no table ${JSON.stringify(given)}.`);
  return name;
}

export const load: PageServerLoad = async ({ params }) =>
  readPaperTable(app(), tableAt(params.table), PATIENCE_MS);

export const actions: Actions = {
  agreement: async ({ locals, params }) => {
    requireResearcher(locals);
    await beginAgreements(app(), tableAt(params.table));
    return { problem: null };
  },
  published: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    return orFail(async () => {
      const text = (field: string) => String(form.get(field) ?? '');
      const given = form.get('remove') === null ? { value: text('value'), source: text('source') } : null;
      await publishFigure(
        app(),
        { table: tableAt(params.table), row: text('row'), column: text('column') },
        given
      );
      return { problem: null };
    });
  },
  trained: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    return orFail(async () => {
      await markTrainedOn(
        app(),
        String(form.get('name') ?? ''),
        String(form.get('dataset') ?? ''),
        form.get('remove') === null
      );
      return { problem: null };
    });
  }
};
