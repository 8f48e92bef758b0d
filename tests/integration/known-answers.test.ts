import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/lib/domain/response.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import * as invitations from '../../src/lib/server/db/invitations.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { exportTable } from '../../src/lib/server/services/export-study.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { judgedSittings } from '../../src/lib/server/services/people/judge-sittings.ts';
import { screenPeople } from '../../src/lib/server/services/people/screen-people.ts';
import { completionOfSitting } from '../../src/lib/server/services/sitting/end-sitting.ts';
import { findSitting } from '../../src/lib/server/services/sitting/find-sitting.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { shellCommands } from '../../src/lib/server/services/shell/shell-commands.ts';
import { resumed } from '../../src/lib/server/services/sitting/resume-sitting.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { sittingWindow, type BlindTrial } from '../../src/lib/server/services/sitting/sitting-window.ts';
import { writeDesign } from '../../src/lib/server/services/write-design.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 24 });
});
afterAll(() => test.remove());

async function sit(study: studies.Study): Promise<sessions.Session> {
  const [token] = await invite(test.lab, { study: study.name, count: 1, kind: 'personal' });
  const opened = await openSession(test.lab, token as string, { version: '1', device: null });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.session;
}

/** Answers what is left, each trial as `choose` says. */
async function answerAll(
  session: sessions.Session,
  study: studies.Study,
  choose: (trial: BlindTrial) => Answer
): Promise<BlindTrial[]> {
  const seen: BlindTrial[] = [];
  for (;;) {
    const { trials, done } = await sittingWindow(test.lab, session, null);
    if (done) return seen;
    for (const trial of trials) {
      seen.push(trial);
      const recorded = await recordResponse(test.lab, session, study, {
        position: trial.position,
        answer: choose(trial),
        responseTimeMs: 2000,
        presentedAt: new Date(1e12 + trial.position * 3000).toISOString()
      });
      if (!recorded.ok) throw new Error(recorded.reason);
    }
  }
}

const score = (raw: number): Answer => ({ kind: 'score', score: raw, raw });

describe('training, gold and traps', () => {
  it('are planned, shown blind in their places, and stay out of every rating', async () => {
    const study = await makeStudy(test, 'pictures', 'checked', 'single-stimulus', {
      training: { spread: 3, feedback: true },
      gold: { ends: 2 },
      traps: 2
    });
    expect(await studies.trialCounts(test.lab.db, study.id)).toEqual({ training: 3, test: 21, checks: 4 });
    expect(await writeDesign(test.lab, study)).toMatchObject({ matches: true });

    const session = await sit(study);
    // 50 for what is judged; extremes where it does not count.
    const seen = await answerAll(session, study, (trial) => score(trial.training || trial.ask ? 0 : 50));
    expect(seen).toHaveLength(28);
    expect(seen.slice(0, 3).every(({ training, told }) => training && told?.length === 1)).toBe(true);
    expect(seen.slice(3).some(({ training, told }) => training || told !== undefined)).toBe(false);
    expect(new Set(seen.flatMap(({ ask }) => ask ?? []))).toEqual(new Set(['left', 'right']));
    const keys = new Set(
      seen
        .slice(3)
        .filter(({ ask }) => !ask)
        .map((trial) => Object.keys(trial).sort().join())
    );
    expect(keys.size).toBe(1);

    const { observers, stimuli } = await analyseStudy(test.lab, study);
    expect(observers.find(({ kind }) => kind === 'rater')).toMatchObject({ presentations: 21 });
    for (const { values } of stimuli) for (const { value } of Object.values(values)) expect(value).toBe(50);
  });
});

/** The answer that is known, from what the plan stores: what a careful rater gives. */
async function carefully(
  study: studies.Study
): Promise<(session: sessions.Session) => Promise<Map<number, number>>> {
  const trials = new Map((await studies.trialsOf(test.lab.db, study.id)).map((trial) => [trial.id, trial]));
  return async (session) => {
    const rows = await presentationsOf(session.id);
    return new Map(
      rows.flatMap(({ position, trialId }): [number, number][] => {
        const expected = trials.get(trialId)?.expected;
        return expected?.kind === 'gold' && expected.accepted.kind === 'score'
          ? [[position, expected.accepted.from]]
          : [];
      })
    );
  };
}

async function presentationsOf(sessionId: number): Promise<{ position: number; trialId: number }[]> {
  return rowsOf(
    test.lab.db,
    sql`select position, trial_id as "trialId" from presentations where session_id = ${sessionId}`
  );
}

async function away(session: sessions.Session, minutes: number): Promise<void> {
  await test.lab.db.execute(
    sql`update sessions set last_seen_at = now() - ${minutes} * interval '1 minute' where id = ${session.id}`
  );
}

describe('payable and usable', () => {
  it('are told apart with reasons, decide the code after the last answer, and whose answers are analysed', async () => {
    const study = await makeStudy(test, 'pictures', 'ruled', 'single-stimulus', {
      gold: { ends: 4 },
      traps: 2,
      hiddenRepeats: 3,
      sitting: {
        attention: { trapMisses: 0 },
        payable: { reached: 50, attention: true },
        usable: { gold: 75, trapMisses: 0, finished: true }
      }
    });
    const goldOf = await carefully(study);
    const made = await invite(test.lab, {
      study: study.name,
      count: 3,
      kind: 'personal',
      recruitment: {
        platform: 'prolific',
        codes: { done: 'ALLDONE', 'failed-attention': 'NOTREAD' },
        returnTo: null
      }
    });
    const open = async (index: number) => {
      const opened = await openSession(test.lab, made[index] as string, { version: '1', device: null });
      if (!opened.ok) throw new Error(opened.reason);
      return opened.session;
    };
    const [careful, careless, gone] = [await open(0), await open(1), await open(2)];

    const gold = await goldOf(careful);
    await answerAll(careful, study, ({ position, ask }) =>
      score(ask === 'left' ? 0 : ask === 'right' ? 100 : (gold.get(position) ?? 40))
    );
    const end = async (session: sessions.Session) => {
      const now = (await sessions.byId(test.lab.db, session.id)) as sessions.Session;
      const invitation = await invitations.byToken(
        test.lab.db,
        made[[careful, careless, gone].indexOf(session)] as string
      );
      return completionOfSitting(test.lab, invitation?.invitation ?? null, now).code;
    };
    // Everything but the last answer: there is no code, whatever else is committed.
    const total = (await sessions.progress(test.lab.db, careless.id)).total;
    for (let position = 0; position < total; position++) {
      expect(await end(careless)).toBeNull();
      const recorded = await recordResponse(test.lab, careless, study, {
        position,
        answer: score(90),
        responseTimeMs: 900,
        presentedAt: new Date(1e12 + position * 1e6).toISOString()
      });
      expect(recorded).toMatchObject({ ok: true, done: position === total - 1 });
    }
    for (let position = 0; position < total - 3; position++) {
      await recordResponse(test.lab, gone, study, {
        position,
        answer: score(50),
        responseTimeMs: 900,
        presentedAt: null
      });
    }
    expect([await end(careful), await end(careless), await end(gone)]).toEqual(['ALLDONE', 'NOTREAD', null]);

    const [one, two, three] = await judgedSittings(test.lab, study);
    expect(one).toMatchObject({
      known: { gold: { right: 4, of: 4 }, traps: { missed: 0, of: 2 }, repeats: { agreed: 3, of: 3 } },
      payable: { is: true },
      usable: { is: true, reasons: [] }
    });
    expect(two?.payable).toEqual({ is: false, reasons: ['2 of 2 traps missed, at most 0 may be'] });
    expect(two?.usable.is).toBe(false);
    expect(two?.longestGapMs).toBeCloseTo(1e6 - 900, -1);
    expect(three).toMatchObject({ payable: { is: true }, usable: { is: false } });

    const figures = await analyseStudy(test.lab, study);
    expect(figures.people).toEqual({ rule: expect.stringContaining('75 % of gold') as string, leftOut: 2 });
    expect(figures.observers.filter(({ kind }) => kind === 'rater')).toHaveLength(1);
    for (const { values } of figures.stimuli) expect(values['people']?.value).toBe(40);
    const everybody = await analyseStudy(test.lab, study, { everybody: true });
    expect(everybody.observers.filter(({ kind }) => kind === 'rater')).toHaveLength(3);
    const screening = await screenPeople(test.lab, study);
    expect(screening?.variants.map(({ id, sittings }) => [id, sittings])).toEqual(
      expect.arrayContaining([
        ['all', 3],
        ['usable', 1]
      ])
    );
    const table = await new Response(
      (await exportTable(test.lab, study, 'sittings', 'json')).stream as ReadableStream
    ).json();
    expect((table as Record<string, unknown>[]).map((row) => [row['payable'], row['usable']])).toEqual([
      ['yes', 'yes'],
      ['no', 'no'],
      ['yes', 'no']
    ]);

    // The shell says the same, and withdraws.
    const people = await shellCommands.people(test.lab, { study: study.name, participants: false });
    expect(people.map((row) => [row['payable'], row['usable'], 'participant' in row])).toEqual([
      ['yes', 'yes', false],
      ['no', 'no', false],
      ['yes', 'no', false]
    ]);
    const given = { study: study.name, session: gone.id };
    const withdrawn = await shellCommands.withdraw(test.lab, given);
    expect(withdrawn).toEqual({ session: gone.id, deleted: total - 3, already: false });
    expect(await shellCommands.withdraw(test.lab, given)).toEqual({
      session: gone.id,
      deleted: 0,
      already: true
    });
    await expect(shellCommands.withdraw(test.lab, { ...given, session: 999 })).rejects.toThrow(
      'has no sitting 999'
    );
    const left = await shellCommands.people(test.lab, { study: study.name, participants: true });
    expect(left[2]).toMatchObject({ state: 'withdrawn', answered: 0, payable: null });
  });
});

describe('coming back', () => {
  it('after too long to a block that begins again: its answers are superseded, the blocks before it stay', async () => {
    const study = await makeStudy(test, 'pictures', 'away-block', 'single-stimulus', {
      trialsPerSession: 8,
      training: { spread: 2 },
      sitting: { blockTrials: 3, resume: { withinMinutes: 30, then: 'restarts-block' } }
    });
    const [token] = await invite(test.lab, { study: study.name, count: 1, kind: 'personal' });
    const opened = await openSession(test.lab, token as string, { version: '1', device: null });
    if (!opened.ok) throw new Error(opened.reason);
    const here = async () => {
      const found = await resumed(test.lab, await findSitting(test.lab, token as string, opened.cookie));
      if (found.state !== 'sitting') throw new Error(found.state);
      return found.session;
    };
    const answer = async (position: number, value: number, round: number) =>
      recordResponse(test.lab, (await sessions.byId(test.lab.db, opened.session.id))!, study, {
        position,
        answer: score(value),
        responseTimeMs: 900,
        presentedAt: null,
        round
      });
    const next = async () => (await sittingWindow(test.lab, await here(), null)).trials[0]?.position;
    // Two of training, blocks of three: 0–1, 2–4, 5–7, 8–9.
    for (let position = 0; position < 7; position++) await answer(position, 10, 0);
    await away(opened.session, 20);
    expect(await next()).toBe(7);

    await away(opened.session, 40);
    const session = await here();
    expect(session).toMatchObject({ id: opened.session.id, state: 'active' });
    expect(session.restarts).toMatchObject([{ from: 5, to: 8, answers: 2 }]);
    expect(await next()).toBe(5);
    expect((await sittingWindow(test.lab, session, null)).round).toBe(1);
    // Once: whoever looks again finds it begun.
    expect((await here()).restarts).toHaveLength(1);

    // What waited in the browser from before: kept, and asked again; of another block: an answer.
    expect(await answer(7, 20, 0)).toMatchObject({ ok: true, superseded: true, answered: 5, done: false });
    expect(await answer(8, 20, 0)).toMatchObject({ ok: true, repeated: false, answered: 6 });
    for (const position of [5, 6, 7, 9]) {
      expect(await answer(position, 90, 1)).toMatchObject({ repeated: false, done: position === 9 });
    }
    const rows = await rowsOf<{ position: number; score: number }>(
      test.lab.db,
      sql`select p.position, r.score from responses r join presentations p on p.id = r.presentation_id
        where p.session_id = ${session.id} order by p.position`
    );
    expect(rows.map((row) => row.score)).toEqual([10, 10, 10, 10, 10, 90, 90, 90, 20, 90]);
    const kept = await rowsOf<{ n: string }>(
      test.lab.db,
      sql`select count(*) as n from superseded_responses s join presentations p on p.id = s.presentation_id
        where p.session_id = ${session.id}`
    );
    expect(Number(kept[0]?.n)).toBe(3);
    const [row] = await shellCommands.people(test.lab, { study: study.name, participants: false });
    expect(row).toMatchObject({ ending: 'done', restarts: 1, supersededAnswers: 2 });
    // Withdrawn with the rest.
    await shellCommands.withdraw(test.lab, { study: study.name, session: session.id });
    const after = await rowsOf<{ n: string }>(
      test.lab.db,
      sql`select count(*) as n from superseded_responses where response->>'position' = '7'`
    );
    expect(Number(after[0]?.n)).toBe(0);
  });

  it.each(['ends', 'anew'] as const)('after too long %s, and keeps what was answered', async (then) => {
    const study = await makeStudy(test, 'pictures', `away-${then}`, 'single-stimulus', {
      trialsPerSession: 12,
      sitting: { resume: { withinMinutes: 30, then } }
    });
    const [token] = await invite(test.lab, {
      study: study.name,
      count: 1,
      kind: 'open',
      recruitment: { platform: 'prolific', codes: { done: 'A' }, returnTo: null }
    });
    const participant = { id: 'p1', study: null, submission: null };
    const begin = async () => {
      const opened = await openSession(test.lab, token as string, {
        version: '1',
        device: null,
        participant
      });
      if (!opened.ok) throw new Error(opened.reason);
      return opened;
    };
    const { session, cookie } = await begin();
    const answer = (position: number) =>
      recordResponse(test.lab, session, study, {
        position,
        answer: score(50),
        responseTimeMs: 900,
        presentedAt: null
      });
    expect(await answer(0)).toMatchObject({ ok: true });
    const here = async (by = cookie) => resumed(test.lab, await findSitting(test.lab, token as string, by));
    await away(session, 20);
    expect(await here()).toMatchObject({ state: 'sitting', session: { id: session.id, state: 'active' } });
    const places = () => sessions.fillCounts(test.lab.db, study.id, 30 * 60_000);
    expect((await places()).size).toBe(12);

    await away(session, 40);
    expect((await places()).size).toBe(1);
    // From another browser, without any page in between.
    const again = await begin();
    if (then === 'ends') {
      expect(again.session).toMatchObject({ id: session.id, state: 'ended', ending: 'timed-out' });
      expect(await here(again.cookie)).toMatchObject({ state: 'sitting', session: { state: 'ended' } });
    } else {
      expect(again.session.id).not.toBe(session.id);
      expect(again.session).toMatchObject({ state: 'active', participant: 'prolific:p1' });
      expect(await here()).toMatchObject({ state: 'new' });
      expect((await begin()).session.id).toBe(again.session.id);
      await away(again.session, 40);
      expect((await begin()).session.id).not.toBe(again.session.id);
    }
    // What was given before and arrives after is kept, and completes nothing.
    expect(
      await recordResponse(test.lab, (await sessions.byId(test.lab.db, session.id))!, study, {
        position: 1,
        answer: score(50),
        responseTimeMs: 900,
        presentedAt: null
      })
    ).toMatchObject({ ok: true, done: false });
    expect(await sessions.progress(test.lab.db, session.id)).toEqual({ answered: 2, total: 12 });
  });
});
