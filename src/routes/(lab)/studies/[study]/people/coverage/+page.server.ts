import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { screeningWithin } from '#lib/server/services/people/screen-people.ts';
import { watchCoverage, watchIntervals } from '#lib/server/services/people/watch-people.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, depends }) => {
  depends('limen:coverage');
  const lab = app();
  const study = await studyAt(params.study);
  const of = url.searchParams.get('of') === 'trials' ? 'trials' : 'stimuli';
  const coverage = await watchCoverage(lab, study, of);
  const { kind, steps } = await watchIntervals(lab, study);
  // Scales have to be fitted: that is done beside the screening, off the event loop.
  const scales = steps === null && kind !== null ? await screeningWithin(lab, study) : null;
  return {
    of,
    coverage,
    simulated: kind === 'synthetic',
    course: steps ?? scales?.screening?.course ?? [],
    running: scales?.running ?? false
  };
};
