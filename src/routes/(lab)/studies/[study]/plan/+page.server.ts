import { comparisonOf } from '#lib/domain/planning/what-raters-buy.ts';
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
  const number = (name: string, otherwise: number) => {
    const given = url.searchParams.get(name);
    const value = Number(given);
    return given !== null && given !== '' && Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  const [page, subsets, known, counts] = await Promise.all([
    studies.trialsPage(db, study.id, offset, PAGE),
    datasets.subsetsOf(db, study.datasetId),
    datasets.typicalSigma(db, study.datasetId),
    studies.trialCounts(db, study.id)
  ]);
  const report = study.planReport as PlanReport;
  return {
    design: study.design,
    report,
    assumed: {
      raters: Math.min(100_000, Math.ceil(number('raters', 15))),
      pay: url.searchParams.get('pay') === '' ? null : number('pay', 12),
      sigmaFrom: known
    },
    assumptions: {
      protocol: study.design.protocol,
      testTrials: counts.test,
      trainingTrials: counts.training,
      checkTrials: counts.checks,
      trialsPerSession: study.design.trialsPerSession,
      bothOrders: study.design.bothOrders,
      hiddenRepeats: study.design.hiddenRepeats,
      appearances: report.appearances.mean,
      assumedSigma: number('sigma', known ?? 20),
      secondsPerTrial: number('seconds', 8),
      comparison: comparisonOf(study.design, report)
    },
    createdAt: study.createdAt,
    subset: subsets.find((subset) => subset.id === study.subsetId)?.name ?? null,
    page,
    offset,
    limit: PAGE
  };
};
