import { evidenceIn, hastyBelowMs } from '#lib/domain/monitoring/sitting-evidence.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { screeningWithin } from '#lib/server/services/people/screen-people.ts';
import type { PageServerLoad } from './$types';

const PAGE = 100;

export const load: PageServerLoad = async ({ params, url, depends }) => {
  depends('limen:screening');
  const lab = app();
  const study = await studyAt(params.study);
  const { screening, running } = await screeningWithin(lab, study);
  if (screening === null) return { screening: null, running };
  const variants = screening.variants.map(({ id }) => id);
  const asked = variants.indexOf(url.searchParams.get('without') as (typeof variants)[number]);
  const offset = Math.max(0, Math.trunc(Number(url.searchParams.get('from')) || 0));
  // Whoever a criterion names comes first, then the least consistent with the others.
  const doubt = (one: (typeof screening.sittings)[number]) =>
    (one.bt500?.rejected || one.correlation?.rejected || one.votes?.rejected ? 1000 : 0) -
    (one.correlation?.pearson ??
      (one.votes && one.votes.decided > 0 ? one.votes.agreed / one.votes.decided : 1));
  const ordered = screening.sittings.slice().sort((a, b) => doubt(b) - doubt(a));
  const rows = ordered.slice(offset, offset + PAGE);
  const tallies = await sittings.tallies(
    lab.db,
    study.id,
    hastyBelowMs(study.design),
    rows.map(({ sessionId }) => sessionId)
  );
  return {
    running,
    screening: {
      ...screening,
      sittings: rows.map((one) => {
        const tally = tallies.get(one.sessionId);
        return {
          ...one,
          evidence: tally ? evidenceIn(tally, study.design).map(({ label, text }) => ({ label, text })) : []
        };
      })
    },
    total: ordered.length,
    offset,
    limit: PAGE,
    drawn: asked > 0 ? asked : 1
  };
};
