import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as sittings from '../../src/lib/server/db/sittings.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { demonstrationOrder, previewStudy } from '../../src/lib/server/services/preview-study.ts';
import { findSitting } from '../../src/lib/server/services/sitting/find-sitting.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { withdrawSitting } from '../../src/lib/server/services/withdraw-sitting.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 12 });
  await makeDataset(test, 'with-references', { count: 12, references: 2 });
});
afterAll(() => test.remove());

async function sit(study: string, kind: 'personal' | 'open' = 'personal') {
  const [token] = await invite(test.lab, { study, count: 1, kind });
  const opened = await openSession(test.lab, token as string, { version: '1', device: { dpr: 2 } });
  if (!opened.ok) throw new Error(opened.reason);
  const row = (await studies.byName(test.lab.db, study)) as studies.Study;
  return { session: opened.session, study: row, token: token as string, cookie: opened.cookie };
}

type Sat = Awaited<ReturnType<typeof sit>>;

function answer({ session, study }: Sat, position: number, raw: number, facts: unknown = { blurs: 1 }) {
  return recordResponse(test.lab, session, study, {
    position,
    answer: { kind: 'score', raw },
    responseTimeMs: 1000 + 100 * position,
    presentedAt: new Date().toISOString(),
    facts
  });
}

const rowsHeld = async (sessionId: number) => {
  const [row] = await rowsOf<{ p: string; r: string }>(
    test.lab.db,
    sql`select count(p.id) as p, count(r.presentation_id) as r from presentations p
      left join responses r on r.presentation_id = p.id where p.session_id = ${sessionId}`
  );
  return { presentations: Number(row?.p), responses: Number(row?.r) };
};

describe('sittings', () => {
  it('tells progress, pace, focus and how alike the answers are, training left out', async () => {
    await makeStudy(test, 'pictures', 'telling', 'single-stimulus', {}, ['secret-name-0005.png']);
    const sat = await sit('telling');
    // The training trial is slow and answered otherwise: neither counts.
    await answer(sat, 0, 99);
    for (const [position, raw] of [
      [1, 50],
      [2, 50],
      [3, 50],
      [4, 20]
    ] as const)
      expect((await answer(sat, position, raw)).ok).toBe(true);
    // A browser may say anything: what is no number is not counted, and breaks nothing.
    expect((await answer(sat, 5, 70, { blurs: 'many' })).ok).toBe(true);
    const { total, sittings: found } = await sittings.page(test.lab.db, sat.study.id, {
      hastyBelowMs: 1250,
      offset: 0,
      limit: 10
    });
    expect(total).toBe(1);
    expect(found[0]).toMatchObject({
      total: 12,
      answered: 6,
      medianMs: 1300,
      focusLosses: 5,
      sameShare: 3 / 5,
      device: { dpr: 2 },
      tally: { answers: 5, hasty: 2, longestRun: 3, commonest: 3, first: 0, second: 0, focusLosses: 5 }
    });
    expect(await sittings.counts(test.lab.db, sat.study.id, 3_600_000)).toEqual({
      joined: 1,
      completed: 0,
      here: 1,
      away: 0,
      left: 0,
      withdrawn: 0,
      answers: 6
    });
    expect(await sittings.trialCoverage(test.lab.db, sat.study.id)).toEqual([
      { answers: 0, things: 6 },
      { answers: 1, things: 5 }
    ]);
    expect(await sittings.stimulusCoverage(test.lab.db, sat.study.id)).toEqual([
      { answers: 0, things: 6 },
      { answers: 1, things: 5 }
    ]);
  });
});

describe('withdrawSitting', () => {
  it('deletes what one sitting brought, says when, and leaves the others', async () => {
    await makeStudy(test, 'pictures', 'leaving', 'single-stimulus');
    const [leaves, stays] = [await sit('leaving'), await sit('leaving')];
    for (const sat of [leaves, stays]) for (let i = 0; i < 3; i++) await answer(sat, i, 10 * i);
    expect(await withdrawSitting(test.lab, leaves.study.id, leaves.session.id)).toEqual({ deleted: 3 });
    expect(await rowsHeld(leaves.session.id)).toEqual({ presentations: 0, responses: 0 });
    expect(await rowsHeld(stays.session.id)).toEqual({ presentations: 12, responses: 3 });
    const row = await sessions.byId(test.lab.db, leaves.session.id);
    expect(row).toMatchObject({ state: 'withdrawn', device: null, tokenHash: null });
    expect(Date.now() - (row?.withdrawnAt?.getTime() ?? 0)).toBeLessThan(60_000);
    expect(await withdrawSitting(test.lab, leaves.study.id, leaves.session.id)).toEqual({ deleted: 0 });
    expect(await sittings.counts(test.lab.db, leaves.study.id, 3_600_000)).toMatchObject({
      joined: 1,
      withdrawn: 1,
      answers: 3
    });
  });

  it('takes no further answers, and its link opens nothing more', async () => {
    await makeStudy(test, 'pictures', 'late', 'single-stimulus');
    const sat = await sit('late');
    await withdrawSitting(test.lab, sat.study.id, sat.session.id);
    expect(await answer(sat, 0, 50)).toMatchObject({ ok: false });
    expect((await findSitting(test.lab, sat.token, sat.cookie)).state).toBe('unknown');
    const open = await sit('late', 'open');
    await withdrawSitting(test.lab, open.study.id, open.session.id);
    // An open link is everybody's: it stays, and the browser that left may begin anew.
    expect((await findSitting(test.lab, open.token, open.cookie)).state).toBe('new');
  });

  it('knows only sittings of its own study', async () => {
    const mine = await makeStudy(test, 'pictures', 'mine', 'single-stimulus');
    await makeStudy(test, 'pictures', 'theirs', 'single-stimulus');
    const sat = await sit('theirs');
    await expect(withdrawSitting(test.lab, mine.id, sat.session.id)).rejects.toThrow(/no sitting/);
    expect((await rowsHeld(sat.session.id)).presentations).toBe(12);
  });
});

describe('previewStudy', () => {
  const base = { subset: null, seed: 1, exemplars: [], exemplarsOf: '', design: {} };

  it('plans without storing, and gives the reason where a design cannot exist', async () => {
    const before = (await studies.list(test.lab.db)).length;
    const good = await previewStudy(test.lab, { ...base, dataset: 'pictures', protocol: 'double-stimulus' });
    expect(good.problem).toBeNull();
    expect(good.plan).toMatchObject({ test: 60, training: 0, report: { components: 1 } });
    expect(good.plan?.sample.stimuli).toHaveLength(2);
    const bad = await previewStudy(test.lab, {
      ...base,
      dataset: 'pictures',
      protocol: 'double-stimulus',
      exemplars: ['secret-name-0001.png']
    });
    expect(bad).toMatchObject({ plan: null, problem: expect.stringContaining('takes 2 exemplars, not 1') });
    expect((await studies.list(test.lab.db)).length).toBe(before);
  });

  it('offers exemplars of one reference, evenly over MOS, and shows each trial beside its own', async () => {
    const seen = await previewStudy(test.lab, {
      ...base,
      dataset: 'with-references',
      protocol: 'multiple-stimulus',
      exemplarsOf: 'ref1.png'
    });
    expect(seen.references).toEqual(['ref0.png', 'ref1.png']);
    expect(seen.reference).toBe('ref1.png');
    expect(seen.candidates.map(({ name }) => Number(name.slice(12, 16)) % 2)).toEqual([1, 1, 1, 1, 1, 1]);
    const mos = seen.candidates.map((candidate) => candidate.mos);
    expect(mos).toEqual(mos.slice().sort((a, b) => a - b));
    expect(seen.plan?.sample.reference?.name).toMatch(/^ref[01]\.png$/);
    expect(seen.plan?.report.byReference).toHaveLength(2);
  });

  it('orders a demonstration by nothing that tells of quality, and a copy as it was', () => {
    expect(demonstrationOrder(['a', 'b', 'c'])).toEqual(demonstrationOrder(['c', 'a', 'b']));
    expect(demonstrationOrder(['a', 'b'], ['b', 'a'])).toEqual(['b', 'a']);
    expect(demonstrationOrder(['a', 'c'], ['b', 'a'])).toEqual(demonstrationOrder(['c', 'a']));
  });
});

describe('a next version', () => {
  it('has its own address, and the first keeps its own', async () => {
    await makeStudy(test, 'pictures', 'versions', 'single-stimulus');
    const second = await planStudy(test.lab, {
      name: 'versions',
      dataset: 'pictures',
      subset: null,
      protocol: 'double-stimulus',
      seed: 2,
      exemplars: [],
      design: {},
      nextVersion: true
    });
    expect(studies.addressOf(second)).toBe('versions@2');
    expect((await studies.byAddress(test.lab.db, 'versions'))?.version).toBe(1);
    expect((await studies.byAddress(test.lab.db, 'versions@2'))?.id).toBe(second.id);
    expect(await studies.byAddress(test.lab.db, 'versions@3')).toBeNull();
  });
});
