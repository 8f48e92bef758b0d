import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import {
  AgreementCancelled,
  agreementState,
  analyseAgreement,
  cancelAgreement
} from '#lib/server/services/analyse-agreement.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const dataset = await studies.datasetOf(lab.db, study);
  return {
    agreement: await agreementState(lab, study),
    mosSpan: dataset.mosLow === null || dataset.mosHigh === null ? null : dataset.mosHigh - dataset.mosLow
  };
};

export const actions: Actions = {
  /** Begins the computation; it goes on in its own thread while pages come and go. */
  compute: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const study = await orNotFound(() => studyNamed(lab.db, params.study));
    analyseAgreement(lab, study).catch((error: unknown) => {
      if (!lab.stopping.aborted && !(error instanceof AgreementCancelled))
        lab.log.error({ err: error, study: study.name }, 'agreement');
    });
    return { asked: true };
  },
  /** Ends it; what was computed before stays. */
  cancel: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    return { cancelled: cancelAgreement(lab, await orNotFound(() => studyNamed(lab.db, params.study))) };
  }
};
