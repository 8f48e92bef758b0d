import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { medianPerson } from '#lib/domain/results/median-person.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { LayoutServerLoad } from './$types';

/** The noise floor and the human value stand on every page of results. */
export const load: LayoutServerLoad = async ({ params }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const results = await resultsWithin(lab, study);
  const there = results !== null && results.observers.length > 0;
  return { floor: there ? chanceFloor(results) : null, person: there ? medianPerson(results) : null };
};
