import type { PlanReport } from '#lib/domain/planning/plan-report.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import type { PageServerLoad } from './$types';

const PAGE = 50;

export const load: PageServerLoad = async ({ params, url }) => {
  const { db } = app();
  const study = await studyAt(params.study);
  const offset = Math.max(0, Math.trunc(Number(url.searchParams.get('from')) || 0));
  const [page, subsets] = await Promise.all([
    studies.trialsPage(db, study.id, offset, PAGE),
    datasets.subsetsOf(db, study.datasetId)
  ]);
  return {
    design: study.design,
    report: study.planReport as PlanReport,
    createdAt: study.createdAt,
    subset: subsets.find((subset) => subset.id === study.subsetId)?.name ?? null,
    page,
    offset,
    limit: PAGE
  };
};
