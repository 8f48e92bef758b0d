import { evidenceIn } from '#lib/domain/monitoring/sitting-evidence.ts';
import { usableRuleText } from '#lib/domain/monitoring/sitting-verdict.ts';
import { ENDINGS, PLATFORMS, recruitingAddress, type Recruitment } from '#lib/domain/recruitment.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import * as invitations from '#lib/server/db/invitations.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { invite } from '#lib/server/services/invite.ts';
import { endSitting } from '#lib/server/services/sitting/end-sitting.ts';
import { linkState } from '#lib/server/services/list-links.ts';
import { watchSittings } from '#lib/server/services/people/watch-people.ts';
import type { Actions, PageServerLoad } from './$types';

const PAGE = 50;

export const load: PageServerLoad = async ({ params, url, depends }) => {
  depends('limen:people');
  const lab = app();
  const study = await studyAt(params.study);
  const from = (name: string) => Math.max(0, Math.trunc(Number(url.searchParams.get(name)) || 0));
  const [{ counts, progress, arrivals, page }, links] = await Promise.all([
    watchSittings(lab, study, from('from'), PAGE),
    invitations.page(lab.db, study.id, from('links'), PAGE)
  ]);
  return {
    now: Date.now(),
    counts,
    progress,
    arrivals,
    links: {
      total: links.total,
      offset: from('links'),
      rows: links.invitations.map((invitation) => ({
        id: invitation.id,
        address: recruitingAddress(
          `${url.origin}/r/${invitation.token}`,
          invitation.recruitment?.platform ?? 'plain'
        ),
        platform: invitation.recruitment?.platform ?? 'plain',
        codes: Object.entries(invitation.recruitment?.codes ?? {}),
        quota: invitation.quota,
        kind: invitation.kind,
        simulated: invitation.simulated,
        sittings: invitation.sittings,
        state: linkState(invitation)
      }))
    },
    sittings: {
      total: page.total,
      offset: from('from'),
      rows: page.sittings.map(({ tally, ...sitting }) => ({
        ...sitting,
        evidence: evidenceIn(tally, study.design)
      }))
    },
    limit: PAGE,
    rules: {
      known: study.design.gold !== undefined || study.design.traps !== undefined || repeats(study.design),
      usable: usableRuleText(study.design.sitting?.usable)
    }
  };
};

function repeats(design: Pick<StudyDesign, 'hiddenRepeats' | 'bothOrders'>): boolean {
  return design.hiddenRepeats > 0 || design.bothOrders;
}

/** Where the people of new links come from; null for plain links without codes. */
function readRecruitment(form: FormData): Recruitment | null {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const platform = PLATFORMS.find((known) => known === text('platform')) ?? 'plain';
  const codes = Object.fromEntries(
    ENDINGS.map((ending) => [ending, text(`code-${ending}`)]).filter(([, code]) => code !== '')
  ) as Recruitment['codes'];
  if (platform === 'plain' && Object.keys(codes).length === 0 && form.get('ownCodes') === null) return null;
  return {
    platform,
    codes,
    returnTo: platform === 'sona' && text('returnTo') !== '' ? text('returnTo') : null
  };
}

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
        kind,
        recruitment: readRecruitment(form),
        quota: String(form.get('quota') ?? '').trim() === '' ? null : Number(form.get('quota'))
      });
      return { made: made.length };
    });
  },
  /** They went back to their service without finishing: their places are free, what they answered stays. */
  end: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    const session = await sittings.one(app().db, study.id, Number((await request.formData()).get('sitting')));
    if (session) await endSitting(app(), session.id, 'returned');
  },
  revoke: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    await invitations.revoke(app().db, study.id, Number((await request.formData()).get('link')));
  }
};
