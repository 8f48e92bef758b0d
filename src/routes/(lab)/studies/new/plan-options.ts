import type { Lab } from '#lib/server/services/lab.ts';
import * as studies from '#lib/server/db/studies.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { demonstrationOrder } from '#lib/server/services/preview-study.ts';
import type { PlanStudyOptions } from '#lib/server/services/plan-study.ts';
import { designOf, fieldsOfStudy, type PlanFields } from './plan-fields.ts';

/** The study whose next version is planned, as the form that would plan it again; null where there is none. */
export async function baseFields(lab: Pick<Lab, 'db'>, from: string): Promise<PlanFields | null> {
  if (from === '') return null;
  const study = await studies.byAddress(lab.db, from);
  if (!study) return null;
  const [dataset, subsets] = await Promise.all([
    studies.datasetOf(lab.db, study),
    datasets.subsetsOf(lab.db, study.datasetId)
  ]);
  return fieldsOfStudy({
    address: studies.addressOf(study),
    name: study.name,
    dataset: dataset.name,
    subset: subsets.find((subset) => subset.id === study.subsetId)?.name ?? null,
    design: study.design
  });
}

/** The form's fields as the services take them, or the sentences that say why not. */
export function planOptions(
  fields: PlanFields,
  base: PlanFields | null
): { ok: true; options: PlanStudyOptions } | { ok: false; problem: string } {
  const read = designOf(fields);
  if (!read.ok) return read;
  const { protocol, seed, ...design } = read.design;
  return {
    ok: true,
    options: {
      name: base === null ? fields.name.trim() : base.name,
      dataset: fields.dataset,
      subset: fields.subset === '' ? null : fields.subset,
      protocol,
      seed,
      exemplars: demonstrationOrder(fields.exemplars, base?.exemplars),
      design,
      differenceAsQuality: fields.differenceAsQuality,
      nextVersion: base !== null
    }
  };
}
