import { headline, isSitting, missingRate } from '#lib/domain/results/headline.ts';
import type { ObserverResult, StudyResults } from '#lib/domain/results/study-results.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { resultsShare, resultsWithin } from '#lib/server/services/cached-results.ts';
import { keepLook } from '#lib/server/services/preregister.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { PageServerLoad } from './$types';

/** Points of one scatter that go to the page; of more, every k-th. */
const MOST_POINTS = 1200;
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
    protocol: results.protocol,
    mosLabel: mosLabelOf(results, direction),
    observers: together.map(rowOf),
    sittings: results.observers.filter(isSitting).map(rowOf),
    chosen,
    charts: charted.map((one) => chartOf(results, one, direction)),
    undrawn: together.length - charted.length
  };
};

function rowOf(one: ObserverResult) {
  const { mapping: _, ...row } = one;
  return { ...row, missing: missingRate(one) };
}

function mosLabelOf(results: StudyResults, direction: 1 | -1): string {
  const range = results.mosRange;
  const unit = range === null ? 'MOS' : `MOS (${range.low} to ${range.high})`;
  return direction === -1 ? `−${unit}: turned, higher is better` : unit;
}

function chartOf(results: StudyResults, one: ObserverResult, direction: 1 | -1) {
  const all = results.stimuli.flatMap(({ stimulus, mos, sigma, values }) => {
    const value = values[one.observer];
    return mos === null || !value
      ? []
      : [{ name: stimulus, value: value.value, mos: direction * mos, sigma }];
  });
  const every = Math.ceil(all.length / MOST_POINTS);
  return {
    observer: one.observer,
    people: one.kind === 'people' || isSitting(one),
    simulated: one.simulated,
    mapping: one.mapping,
    total: all.length,
    points: every <= 1 ? all : all.filter((_, i) => i % every === 0)
  };
}
