import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Participant, Recruitment } from '../../src/lib/domain/recruitment.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as sittings from '../../src/lib/server/db/sittings.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import {
  completionOfSitting,
  endSitting,
  ownCode
} from '../../src/lib/server/services/sitting/end-sitting.ts';
import { findSitting } from '../../src/lib/server/services/sitting/find-sitting.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { withdrawSitting } from '../../src/lib/server/services/withdraw-sitting.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 8 });
});
afterAll(() => test.remove());

const PROLIFIC: Recruitment = {
  platform: 'prolific',
  codes: { done: 'C0DONE', 'screened-out': 'C0OUT' },
  returnTo: null
};
const person = (id: string): Participant => ({ id, study: 'their-study', submission: `s-${id}` });
const consent = (participant: Participant | null) => ({ version: '1', device: null, participant });

async function openLink(study: string, more: { quota?: number } = {}): Promise<string> {
  const [token] = await invite(test.lab, { study, count: 1, kind: 'open', recruitment: PROLIFIC, ...more });
  return token as string;
}

function answer(position: number) {
  return {
    position,
    answer: { kind: 'score', raw: 50 },
    responseTimeMs: 700,
    presentedAt: new Date().toISOString(),
    facts: {}
  };
}

describe('people whom a service sends', () => {
  it('have one sitting each, from whichever browser, also when they come twice at once', async () => {
    await makeStudy(test, 'pictures', 'once', 'single-stimulus');
    const token = await openLink('once');
    const twice = await Promise.all([1, 2].map(() => openSession(test.lab, token, consent(person('p1')))));
    const [first, second] = twice.map((opened) => (opened.ok ? opened : null));
    expect(first?.session.id).toBe(second?.session.id);

    const again = await openSession(test.lab, token, consent(person('p1')));
    if (!again.ok) throw new Error(again.reason);
    expect(again.session.id).toBe(first?.session.id);
    // The browser that came last sits; the one before has a cookie that opens nothing.
    expect((await findSitting(test.lab, token, again.cookie)).state).toBe('sitting');
    expect((await findSitting(test.lab, token, first?.cookie ?? '')).state).toBe('new');

    const other = await openSession(test.lab, token, consent(person('p2')));
    expect(other.ok && other.session.id).not.toBe(first?.session.id);
    const nameless = await Promise.all([1, 2].map(() => openSession(test.lab, token, consent(null))));
    expect(new Set(nameless.map((opened) => opened.ok && opened.session.id)).size).toBe(2);
  });

  it('get their code when the server has every answer, and not before', async () => {
    await makeStudy(test, 'pictures', 'coded', 'single-stimulus');
    const token = await openLink('coded');
    const opened = await openSession(test.lab, token, consent(person('p1')));
    if (!opened.ok) throw new Error(opened.reason);
    const study = (await studies.byName(test.lab.db, 'coded')) as studies.Study;
    const now = async () => {
      const found = await findSitting(test.lab, token, opened.cookie);
      if (found.state !== 'sitting') throw new Error(found.state);
      return completionOfSitting(test.lab, found.invitation, found.session);
    };
    for (let position = 0; position < 8; position++) {
      expect(await now()).toEqual({ code: null, address: null });
      expect((await recordResponse(test.lab, opened.session, study, answer(position))).ok).toBe(true);
    }
    expect(await now()).toEqual({
      code: 'C0DONE',
      address: 'https://app.prolific.com/submissions/complete?cc=C0DONE'
    });
    expect(ownCode(test.lab, opened.session.id)).toMatch(/^[A-Z2-9]{10}$/);
    expect(ownCode(test.lab, opened.session.id)).not.toBe(ownCode(test.lab, opened.session.id + 1));
  });

  it('who are screened out or go back free their places; what they answered stays, and nothing more is taken', async () => {
    await makeStudy(test, 'pictures', 'left', 'single-stimulus', { trialsPerSession: 4 });
    const token = await openLink('left');
    const opened = await openSession(test.lab, token, consent(person('p1')));
    if (!opened.ok) throw new Error(opened.reason);
    const study = (await studies.byName(test.lab.db, 'left')) as studies.Study;
    await recordResponse(test.lab, opened.session, study, answer(0));
    const filled = async () =>
      [...(await sessions.fillCounts(test.lab.db, study.id, 60_000)).values()].reduce((sum, n) => sum + n, 0);
    expect(await filled()).toBe(4);
    expect(await endSitting(test.lab, opened.session.id, 'screened-out')).toBe(true);
    expect(await endSitting(test.lab, opened.session.id, 'returned')).toBe(false);
    expect(await filled()).toBe(1);
    const found = await findSitting(test.lab, token, opened.cookie);
    if (found.state !== 'sitting') throw new Error(found.state);
    expect(completionOfSitting(test.lab, found.invitation, found.session).code).toBe('C0OUT');
    expect(await recordResponse(test.lab, found.session, study, answer(1))).toMatchObject({
      ok: false,
      code: 'not-sitting'
    });
  });

  it('are nobody’s name any more once they are withdrawn', async () => {
    await makeStudy(test, 'pictures', 'gone', 'single-stimulus');
    const token = await openLink('gone');
    const opened = await openSession(test.lab, token, consent(person('p9')));
    if (!opened.ok) throw new Error(opened.reason);
    await withdrawSitting(test.lab, opened.session.studyId, opened.session.id);
    const row = await sittings.one(test.lab.db, opened.session.studyId, opened.session.id);
    expect(row).toMatchObject({ state: 'withdrawn', participant: null, ending: null, device: null });
    expect(await sessions.byId(test.lab.db, opened.session.id)).toMatchObject({
      recruited: null,
      evidence: null
    });
  });
});

describe('a quota', () => {
  it('holds under 200 people who come at once, and the trials are filled evenly', async () => {
    const study = await makeStudy(test, 'pictures', 'full', 'single-stimulus', { trialsPerSession: 3 });
    const token = await openLink('full', { quota: 120 });
    const opened = await Promise.all(
      Array.from({ length: 200 }, (_, index) => openSession(test.lab, token, consent(person(`q${index}`))))
    );
    const refused = opened.filter((one) => !one.ok && one.reason === 'full');
    expect(opened.filter((one) => one.ok)).toHaveLength(120);
    expect(refused).toHaveLength(80);
    const counts = [...(await sessions.fillCounts(test.lab.db, study.id, 60_000)).values()];
    // 120 sittings of 3 trials over 8.
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(360);
    expect(counts).toEqual(new Array(8).fill(45));

    // Somebody who has a place comes back to it; a place that is given back goes to the next.
    const [one] = opened.filter((each) => each.ok);
    if (!one?.ok) throw new Error('nobody sits');
    await endSitting(test.lab, one.session.id, 'returned');
    expect((await openSession(test.lab, token, consent(person('late')))).ok).toBe(true);
    expect(await openSession(test.lab, token, consent(person('later')))).toEqual({
      ok: false,
      reason: 'full'
    });
  }, 60_000);
});
