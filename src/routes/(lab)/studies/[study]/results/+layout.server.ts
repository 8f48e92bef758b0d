import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { medianPerson } from '#lib/domain/results/median-person.ts';
import { otherChoices } from '#lib/domain/registration/registration.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { agreementState } from '#lib/server/services/analyse-agreement.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { registrationState } from '#lib/server/services/preregister.ts';
import type { LayoutServerLoad } from './$types';

/** The noise floor, the human value and what was registered stand on every page of results. */
export const load: LayoutServerLoad = async ({ params }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const results = await resultsWithin(lab, study);
  const there = results !== null && results.observers.length > 0;
  return {
    floor: there ? chanceFloor(results) : null,
    person: there ? medianPerson(results) : null,
    registered: await registeredChoices(study)
  };
};

/** What was to be computed, and how many things depart from it; null without a pre-registration. */
async function registeredChoices(study: Study) {
  const lab = app();
  const { registration } = await registrationState(lab, study);
  if (registration === null) return null;
  const { result } = await agreementState(lab, study);
  const others = result === null ? [] : otherChoices(registration.choices, result);
  return {
    choices: registration.choices,
    departures: registration.later.filter(({ departs }) => departs).length + others.length,
    others
  };
}
