import * as sittings from '#lib/server/db/sittings.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { invite } from '#lib/server/services/invite.ts';
import { linkState } from '#lib/server/services/list-links.ts';
import type { Actions, PageServerLoad } from './$types';

const PAGE = 50;

export const load: PageServerLoad = async ({ parent, url, depends }) => {
  depends('limen:people');
  const { db } = app();
  const { study } = await parent();
  const from = (name: string) => Math.max(0, Math.trunc(Number(url.searchParams.get(name)) || 0));
  const [counts, coverage, links, page] = await Promise.all([
    sittings.counts(db, study.id),
    sittings.stimulusCoverage(db, study.id),
    studies.invitationsPage(db, study.id, from('links'), PAGE),
    sittings.page(db, study.id, from('from'), PAGE)
  ]);
  return {
    now: Date.now(),
    counts,
    coverage,
    links: {
      total: links.total,
      offset: from('links'),
      rows: links.invitations.map((invitation) => ({
        id: invitation.id,
        address: `${url.origin}/r/${invitation.token}`,
        kind: invitation.kind,
        simulated: invitation.simulated,
        sittings: invitation.sittings,
        state: linkState(invitation)
      }))
    },
    sittings: { total: page.total, offset: from('from'), rows: page.sittings },
    limit: PAGE
  };
};

export const actions: Actions = {
  invite: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    const form = await request.formData();
    const kind = form.get('kind') === 'open' ? 'open' : 'personal';
    return orFail(async () => {
      const made = await invite(app(), {
        study: `${study.name}@${study.version}`,
        count: kind === 'open' ? 1 : Number(form.get('count')),
        kind
      });
      return { made: made.length };
    });
  },
  revoke: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    await studies.revoke(app().db, study.id, Number((await request.formData()).get('link')));
  }
};
