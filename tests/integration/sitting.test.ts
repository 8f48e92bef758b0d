import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { createPictures } from '../../src/lib/server/services/run/pictures.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { findSitting } from '../../src/lib/server/services/sitting/find-sitting.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { showStimulus } from '../../src/lib/server/services/sitting/show-stimulus.ts';
import { sittingWindow } from '../../src/lib/server/services/sitting/sitting-window.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 12 });
  await makeDataset(test, 'with-references', { count: 12, references: 2 });
});
afterAll(() => test.remove());

const CONSENT = { version: '1', device: null };

async function sit(
  study: string
): Promise<{ session: sessions.Session; study: studies.Study; token: string }> {
  const [token] = await invite(test.lab, { study, count: 1, kind: 'personal' });
  const opened = await openSession(test.lab, token as string, CONSENT);
  if (!opened.ok) throw new Error(opened.reason);
  return {
    session: opened.session,
    study: (await studies.byName(test.lab.db, study))!,
    token: token as string
  };
}

function answerTo(position: number, answer: unknown) {
  return { position, answer, responseTimeMs: 900, presentedAt: new Date().toISOString(), facts: { dpr: 1 } };
}

async function countResponses(sessionId: number): Promise<number> {
  const rows = await rowsOf<{ n: string }>(
    test.lab.db,
    sql`select count(*) as n from responses r join presentations p on p.id = r.presentation_id where p.session_id = ${sessionId}`
  );
  return Number(rows[0]?.n);
}

describe('a sitting', () => {
  it('records each answer once however often it arrives, keeps the first, and ends when all are in', async () => {
    await makeStudy(test, 'pictures', 'single', 'single-stimulus');
    const { session, study, token } = await sit('single');
    expect(await sessions.progress(test.lab.db, session.id)).toEqual({ answered: 0, total: 12 });

    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        recordResponse(test.lab, session, study, answerTo(0, { kind: 'score', raw: 40 + i }))
      )
    );
    expect(many.filter((one) => one.ok && !one.repeated)).toHaveLength(1);
    expect(many.every((one) => one.ok)).toBe(true);
    expect(await countResponses(session.id)).toBe(1);
    const rows = () =>
      rowsOf<{ score: number }>(
        test.lab.db,
        sql`select r.score from responses r join presentations p on p.id = r.presentation_id where p.session_id = ${session.id} and p.position = 0`
      );
    const [first] = await rows();
    await recordResponse(test.lab, session, study, answerTo(0, { kind: 'score', raw: 99 }));
    expect(await rows()).toEqual([first]);

    for (let position = 1; position < 12; position++) {
      const window = await sittingWindow(test.lab, session, null);
      expect(window.trials[0]?.position).toBe(position);
      const recorded = await recordResponse(
        test.lab,
        session,
        study,
        answerTo(position, { kind: 'score', raw: position })
      );
      expect(recorded).toMatchObject({
        ok: true,
        repeated: false,
        answered: position + 1,
        done: position === 11
      });
    }
    const found = await findSitting(test.lab, token, null);
    expect(found.state === 'sitting' && found.session.state).toBe('completed');
  });

  it('refuses what is no answer to this presentation, and stores nothing', async () => {
    const { session, study } = await sit('single');
    const refused: [unknown, string][] = [
      [answerTo(99, { kind: 'score', raw: 5 }), 'no-such-trial'],
      [answerTo(0, { kind: 'score', raw: 101 }), 'bad-request'],
      [answerTo(0, { kind: 'score', raw: Number.NaN }), 'bad-request'],
      [answerTo(0, { kind: 'choice', choice: 'first' }), 'bad-request'],
      [answerTo(-1, { kind: 'score', raw: 5 }), 'bad-request'],
      [{ position: 0 }, 'bad-request'],
      [null, 'bad-request'],
      [{ ...answerTo(0, { kind: 'score', raw: 5 }), facts: { a: { deep: 1 } } }, 'bad-request']
    ];
    for (const [body, code] of refused) {
      expect(await recordResponse(test.lab, session, study, body)).toMatchObject({ ok: false, code });
    }
    expect(await countResponses(session.id)).toBe(0);
  });

  it('shows a stimulus under an address that is good in its own sitting alone and says nothing', async () => {
    const one = await sit('single');
    const two = await sit('single');
    const window = await sittingWindow(test.lab, one.session, null);
    const text = JSON.stringify(window);
    expect(text).not.toMatch(/secret|png|pictures|mos|sha/i);
    const address = (window.trials[0]?.stimuli[0]?.src as string).replace('stimuli/', '');
    const shown = await showStimulus(test.lab, one.session.id, null, address);
    expect(shown?.mediaType).toBe('image/png');
    expect(await showStimulus(test.lab, two.session.id, null, address)).toBeNull();
    expect(await showStimulus(test.lab, one.session.id, null, `${address.slice(0, -2)}AA`)).toBeNull();
    expect(await showStimulus(test.lab, one.session.id, null, 'x')).toBeNull();
  });

  it('makes pictures smaller for people and models alike where the study says so', async () => {
    const study = await makeStudy(test, 'pictures', 'smaller', 'single-stimulus', { maxSidePx: 16 });
    const { session } = await sit('smaller');
    const window = await sittingWindow(test.lab, session, 16);
    const trial = window.trials[0]!;
    expect(trial.stimuli[0]).toMatchObject({ widthPx: 16, heightPx: 16 });
    const address = trial.stimuli[0]!.src.replace('stimuli/', '');
    const forPeople = await showStimulus(test.lab, session.id, 16, address);
    const { width, height } = await sharp(forPeople!.bytes).metadata();
    expect([width, height]).toEqual([16, 16]);
    const [pending] = await sessions.nextPending(test.lab.db, session.id, 1);
    const forModels = await createPictures(test.lab, study.design.maxSidePx).get(pending!.stimuli[0]!);
    expect(forModels.sha256).toBe(forPeople!.sha256);
    expect(Buffer.compare(forModels.bytes, forPeople!.bytes)).toBe(0);
    // Not larger than the limit already: the stored bytes themselves.
    const untouched = await createPictures(test.lab, 24).get(pending!.stimuli[0]!);
    const plain = await createPictures(test.lab, null).get(pending!.stimuli[0]!);
    expect(untouched.sha256).toBe(plain.sha256);
  });

  it('keeps references apart from what is judged and shows each pair in both orders over two sittings', async () => {
    await makeStudy(test, 'with-references', 'pairs', 'double-stimulus', { pairsPerImage: 2 });
    const shownFirst: Map<number, number>[] = [];
    for (let i = 0; i < 2; i++) {
      const { session } = await sit('pairs');
      const pending = await sessions.nextPending(test.lab.db, session.id, 1000);
      expect(pending.every((one) => one.referenceId !== null && !one.stimuli.includes(one.referenceId))).toBe(
        true
      );
      const rows = await rowsOf<{ trial: number; order: number[] }>(
        test.lab.db,
        sql`select trial_id as trial, "order" from presentations where session_id = ${session.id}`
      );
      shownFirst.push(new Map(rows.map((row) => [row.trial, row.order[0] as number])));
    }
    const [a, b] = shownFirst as [Map<number, number>, Map<number, number>];
    expect(a.size).toBeGreaterThan(0);
    for (const [trial, first] of a) expect(b.get(trial)).toBe(1 - first);
  });

  it('gives one sitting to a personal link that is opened twice at once, and each browser its own on an open link', async () => {
    const [personal] = await invite(test.lab, { study: 'single', count: 1, kind: 'personal' });
    const both = await Promise.all([1, 2, 3].map(() => openSession(test.lab, personal as string, CONSENT)));
    expect(new Set(both.map((one) => one.ok && one.session.id)).size).toBe(1);

    const [open] = await invite(test.lab, { study: 'single', count: 1, kind: 'open' });
    const first = await openSession(test.lab, open as string, CONSENT);
    const second = await openSession(test.lab, open as string, CONSENT);
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(first.session.id).not.toBe(second.session.id);
    const found = await findSitting(test.lab, open as string, first.cookie);
    expect(found.state === 'sitting' && found.session.id).toBe(first.session.id);
    expect((await findSitting(test.lab, open as string, null)).state).toBe('new');
    expect((await findSitting(test.lab, open as string, 'forged')).state).toBe('new');
    // A cookie of one link does not open another's sitting.
    const [other] = await invite(test.lab, { study: 'single', count: 1, kind: 'open' });
    expect((await findSitting(test.lab, other as string, first.cookie)).state).toBe('new');
    expect((await findSitting(test.lab, 'x'.repeat(22), null)).state).toBe('unknown');
  });

  it('shares trials out evenly among many that join at once', async () => {
    await makeStudy(test, 'pictures', 'shared', 'double-stimulus', { pairsPerImage: 3, trialsPerSession: 7 });
    const links = await invite(test.lab, { study: 'shared', count: 40, kind: 'personal' });
    const opened = await Promise.all(links.map((link) => openSession(test.lab, link, CONSENT)));
    expect(opened.every((one) => one.ok)).toBe(true);
    const study = (await studies.byName(test.lab.db, 'shared'))!;
    const rows = await rowsOf<{ n: string }>(
      test.lab.db,
      sql`select count(p.id) as n from trials t left join presentations p on p.trial_id = t.id
        where t.study_id = ${study.id} group by t.id`
    );
    const counts = rows.map((row) => Number(row.n));
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(40 * 7);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('resumes where it was after the process ended', async () => {
    const { session, study, token } = await sit('single');
    for (let position = 0; position < 5; position++) {
      await recordResponse(test.lab, session, study, answerTo(position, { kind: 'score', raw: 10 }));
    }
    await test.reopen();
    const found = await findSitting(test.lab, token, null);
    if (found.state !== 'sitting') throw new Error(found.state);
    const window = await sittingWindow(test.lab, found.session, null);
    expect(window).toMatchObject({ answered: 5, total: 12, done: false });
    expect(window.trials[0]?.position).toBe(5);
  });
});

describe('the database keeps the promises of the code', () => {
  const refused = async (statement: ReturnType<typeof sql>) => {
    const error = await rowsOf(test.lab.db, statement).then(
      () => null,
      (caught: unknown) => caught as Error & { cause?: Error }
    );
    expect(error).not.toBeNull();
    return `${error?.message} ${error?.cause?.message ?? ''}`;
  };

  it('a locked study, its trials and their stimuli do not change', async () => {
    const study = (await studies.byName(test.lab.db, 'single'))!;
    expect(study.lockedAt).not.toBeNull();
    expect(await refused(sql`update studies set seed = 2 where id = ${study.id}`)).toMatch(/locked/);
    expect(await refused(sql`update studies set design = '{}' where id = ${study.id}`)).toMatch(/locked/);
    expect(await refused(sql`update trials set role = 'gold' where study_id = ${study.id}`)).toMatch(
      /locked/
    );
    expect(
      await refused(
        sql`delete from trial_stimuli where trial_id in (select id from trials where study_id = ${study.id})`
      )
    ).toMatch(/locked/);
    await rowsOf(test.lab.db, sql`update studies set state = 'closed' where id = ${study.id}`);
    await rowsOf(test.lab.db, sql`update studies set state = 'open' where id = ${study.id}`);
  });

  it("a person's answer stands, and a presentation has one response", async () => {
    expect(await refused(sql`update responses set score = 1`)).toMatch(/stands/);
    expect(
      await refused(
        sql`insert into responses (presentation_id, outcome, score) select presentation_id, 'ok', 5 from responses limit 1`
      )
    ).toMatch(/duplicate|unique/i);
    expect(
      await refused(
        sql`insert into responses (presentation_id, outcome) select id, 'ok' from presentations p where not exists (select 1 from responses r where r.presentation_id = p.id) limit 1`
      )
    ).toMatch(/responses_answer/);
  });

  it('references, subsets and trials stay inside their dataset', async () => {
    expect(
      await refused(sql`update stimuli set reference_id = (select min(id) from stimuli s where s.dataset_id <> stimuli.dataset_id)
        where kind = 'distorted' and dataset_id = (select max(id) from datasets)`)
    ).toMatch(/stimuli_reference|locked/);
    await makeStudy(test, 'pictures', 'fresh', 'single-stimulus');
    const fresh = (await studies.byName(test.lab.db, 'fresh'))!;
    expect(
      await refused(sql`insert into trial_stimuli (trial_id, dataset_id, slot, stimulus_id)
        select t.id, t.dataset_id, 1, (select min(s.id) from stimuli s where s.dataset_id <> t.dataset_id)
        from trials t where t.study_id = ${fresh.id} limit 1`)
    ).toMatch(/trial_stimuli_stimulus/);
  });
});
