import { fail, redirect } from '@sveltejs/kit';
import { studyPath } from '#lib/components/study/study-path.ts';
import { DEFAULT_ATTRIBUTES } from '#lib/domain/study.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import type { Lab } from '#lib/server/services/lab.ts';
import { planStudy } from '#lib/server/services/plan-study.ts';
import { previewStudy, type StudyPreview } from '#lib/server/services/preview-study.ts';
import { readPlanFields, type PlanFields } from './plan-fields.ts';
import { baseFields, planOptions } from './plan-options.ts';
import type { Actions, PageServerLoad } from './$types';

/** The form is its own address: a preview without script is a GET, and a half-made plan can be kept as a link. */
export const load: PageServerLoad = async ({ url }) => {
  const lab = app();
  const sent = url.searchParams.has('sent');
  const read = readPlanFields(url.searchParams);
  const base = await baseFields(lab, read.from);
  const choices = (await datasets.list(lab.db)).filter((dataset) => dataset.distorted > 0);
  const fields = !sent && base !== null ? base : read;
  if (!choices.some((dataset) => dataset.name === fields.dataset)) fields.dataset = choices[0]?.name ?? '';
  return {
    datasets: choices.map(({ name, scenario, distorted }) => ({ name, scenario, distorted })),
    version: base === null ? null : await nextVersion(lab, base),
    fields,
    preview: await previewOf(lab, fields, base)
  };
};

async function nextVersion(lab: Pick<Lab, 'db'>, base: PlanFields): Promise<number> {
  const newest = await studies.byName(lab.db, base.name);
  return (newest?.version ?? 0) + 1;
}

async function previewOf(
  lab: Pick<Lab, 'db'>,
  fields: PlanFields,
  base: PlanFields | null
): Promise<StudyPreview | null> {
  if (fields.dataset === '') return null;
  const read = planOptions(fields, base);
  if (read.ok) return previewStudy(lab, { ...read.options, exemplarsOf: fields.exemplarsOf });
  // The rest of the page stays as it is while one number is half typed.
  const preview = await previewStudy(lab, {
    dataset: fields.dataset,
    subset: null,
    protocol: fields.protocol,
    seed: 1,
    exemplars: [],
    exemplarsOf: fields.exemplarsOf,
    design: { attributes: DEFAULT_ATTRIBUTES }
  });
  return { ...preview, plan: null, problem: read.problem };
}

export const actions: Actions = {
  plan: async ({ request, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const fields = readPlanFields(await request.formData());
    const base = await baseFields(lab, fields.from);
    const read = planOptions(fields, base);
    const refused = async (problem: string) =>
      fail(400, { problem, fields, preview: await previewOf(lab, fields, base) });
    if (!read.ok) return refused(read.problem);
    const made = await orFail(() => planStudy(lab, read.options));
    if ('status' in made) return refused(made.data.problem);
    redirect(303, studyPath(studies.addressOf(made)));
  }
};
