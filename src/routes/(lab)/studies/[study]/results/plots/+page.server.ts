import { isSitting } from '#lib/domain/results/headline.ts';
import { thinned } from '#lib/domain/plots/plot.ts';
import { STUDY_PLOT_NAMES, STUDY_PLOTS, studyPlot } from '#lib/domain/plots/study-plots.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { agreementState } from '#lib/server/services/analyse-agreement.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { plotInput } from '#lib/server/services/plot-study.ts';
import type { PageServerLoad } from './$types';

/** Points that one plot of the page has, and rows of its table; files have all. */
const MOST_POINTS = 800;
const MOST_ROWS = 60;

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  return orNotFound(async () => {
    const study = await studyNamed(lab.db, params.study);
    const results = await resultsWithin(lab, study);
    if (results === null) return { ready: false as const };
    const input = await plotInput(lab, study, { observer: url.searchParams.get('observer') });
    return {
      ready: true as const,
      observer: input.observer,
      agreement: (await agreementState(lab, study)).state,
      observers: results.observers.map((one) => ({
        observer: one.observer,
        simulated: one.simulated,
        sitting: isSitting(one)
      })),
      plots: STUDY_PLOT_NAMES.map((name) => {
        const { draw: _, ...kind } = STUDY_PLOTS[name];
        const { plot, why } = studyPlot(name, input);
        return { name, ...kind, why, plot: plot === null ? null : thinned(plot, MOST_POINTS, MOST_ROWS) };
      })
    };
  });
};
