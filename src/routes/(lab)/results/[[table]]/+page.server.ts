import { error } from '@sveltejs/kit';
import { TABLE_NAMES, type FigureName, type TableName } from '#lib/domain/tables/paper-tables.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { markTrainedOn, publishFigure, readPaperTable } from '#lib/server/services/paper-tables.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
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
  published: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    return orFail(async () => {
      const [section, row] = pair(form.get('row'));
      const [dataset, figure] = pair(form.get('column'));
      const place = {
        table: tableAt(params.table),
        section,
        row,
        dataset,
        figure: (figure === 'plcc' ? 'plcc' : 'srcc') as FigureName
      };
      if (form.get('remove') !== null) await publishFigure(app(), place, null);
      else {
        const text = String(form.get('value') ?? '')
          .trim()
          .replace(',', '.')
          .replace('−', '-');
        if (text === '' || Number.isNaN(Number(text)))
          throw new BadInput(`${JSON.stringify(text)} is no figure; give it as 0.745`);
        await publishFigure(app(), place, { value: Number(text), source: String(form.get('source') ?? '') });
      }
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

/** Two names in one option. */
function pair(value: FormDataEntryValue | null): [string, string] {
  const [first, second] = String(value ?? '').split('\n');
  if (!first || !second) throw new BadInput('choose a row and a column of the table');
  return [first.trim(), second.trim()];
}
