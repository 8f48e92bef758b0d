import { STUDY_PLOTS, studyPlot, type StudyPlotName } from '#lib/domain/plots/study-plots.ts';
import { thinned, type Plot } from '#lib/domain/plots/plot.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { agreementState, beginAgreement, cancelAgreement } from '#lib/server/services/analyse-agreement.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { plotInput } from '#lib/server/services/plot-study.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const agreement = await agreementState(lab, study);
  return { agreement, plots: agreement.state === 'done' ? await plotsOf(study) : [] };
};

const OF_MODELS = ['equivalents', 'psychometric', 'calibration'] as const;
const MOST_POINTS = 400;
const MOST_ROWS = 60;

interface ShownPlot {
  name: StudyPlotName;
  /** Whose; null for everybody's. */
  observer: string | null;
  plot: Plot & { rowsLeft: number };
  reading: string;
  method: string;
  section: string;
}

/** The ceiling, and the curves of each run: those that there are. */
async function plotsOf(study: Study): Promise<ShownPlot[]> {
  const lab = app();
  if ((await resultsWithin(lab, study)) === null) return [];
  const input = await plotInput(lab, study, { observer: null });
  const shown = (name: StudyPlotName, observer: string | null): ShownPlot[] => {
    const { plot } = studyPlot(name, { ...input, observer: observer ?? input.observer });
    const { reading, method, section } = STUDY_PLOTS[name];
    return plot === null
      ? []
      : [{ name, observer, plot: thinned(plot, MOST_POINTS, MOST_ROWS), reading, method, section }];
  };
  return [
    ...shown('ceiling', null),
    ...(input.agreement?.models ?? []).flatMap(({ observer }) =>
      OF_MODELS.flatMap((name) => shown(name, observer))
    )
  ];
}

export const actions: Actions = {
  /** Begins the computation; it goes on in its own thread while pages come and go. */
  compute: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const study = await orNotFound(() => studyNamed(lab.db, params.study));
    await beginAgreement(lab, study);
    return { asked: true };
  },
  /** Ends it; what was computed before stays. */
  cancel: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    return { cancelled: cancelAgreement(lab, await orNotFound(() => studyNamed(lab.db, params.study))) };
  }
};
