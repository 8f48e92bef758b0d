import { againstMos } from '#lib/domain/plots/against-mos.ts';
import { thinned } from '#lib/domain/plots/plot.ts';
import { STUDY_PLOTS } from '#lib/domain/plots/study-plots.ts';
import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { headline, isSitting, missingRate } from '#lib/domain/results/headline.ts';
import { medianPerson } from '#lib/domain/results/median-person.ts';
import type { ObserverResult } from '#lib/domain/results/study-results.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { agreementState } from '#lib/server/services/analyse-agreement.ts';
import { resultsShare, resultsWithin } from '#lib/server/services/cached-results.ts';
import { keepLook } from '#lib/server/services/preregister.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { PageServerLoad } from './$types';

/** Points of one scatter that go to the page; of more, every k-th. */
const MOST_POINTS = 800;
const MOST_ROWS = 60;
/** Observers drawn at once; the others by choice. */
const MOST_CHARTS = 6;

export const load: PageServerLoad = async ({ params, url, locals }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  await keepLook(lab, study, 'results page', locals.researcher?.name ?? null);
  const results = await resultsWithin(lab, study);
  if (results === null) return { ready: false as const, share: resultsShare(lab, study) };
  const dataset = await studies.datasetOf(lab.db, study);
  const direction = dataset.mosDirection === -1 ? -1 : 1;
  const chosen = url.searchParams.get('observer');
  const together = results.observers.filter((one) => !isSitting(one));
  const charted =
    chosen === null
      ? together.filter((one) => one.n > 1).slice(0, MOST_CHARTS)
      : results.observers.filter((one) => one.observer === chosen);
  return {
    ready: true as const,
    headline: headline(results),
    scenario: results.scenario,
    person: medianPerson(results),
    chance: chanceFloor(results).srcc95,
    ...(await publishedPipeline(study)),
    observers: together.map(rowOf),
    sittings: results.observers.filter(isSitting).map(rowOf),
    chosen,
    charts: charted.flatMap(({ observer, simulated }) => {
      const { plot } = againstMos({ results, direction, observer });
      return plot === null ? [] : [{ observer, simulated, plot: thinned(plot, MOST_POINTS, MOST_ROWS) }];
    }),
    kind: {
      reading: STUDY_PLOTS.mos.reading,
      method: STUDY_PLOTS.mos.method,
      section: STUDY_PLOTS.mos.section
    },
    undrawn: together.length - charted.length
  };
};

function rowOf(one: ObserverResult) {
  const { mapping: _, ...row } = one;
  return { ...row, missing: missingRate(one) };
}

/**
 * What the same answers give through Wu et al.'s published pipeline, by observer, and what answers drawn at random reach
 * there; null until Agreement was computed for the answers as they are now.
 */
async function publishedPipeline(study: studies.Study) {
  const { state, result } = await agreementState(app(), study);
  if (state !== 'done' || result === null) return { agreement: state, published: null };
  const published = {
    srcc: Object.fromEntries(
      result.models.flatMap(({ observer, pipelines }) =>
        pipelines.value === null ? [] : [[observer, pipelines.value.paperFaithful.srcc] as const]
      )
    ),
    chance: result.noiseFloor.value?.paperFaithful.srcc.bound95 ?? null
  };
  return { agreement: state, published };
}
