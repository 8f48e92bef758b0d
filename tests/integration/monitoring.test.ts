import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opinionScore } from '../../src/lib/domain/scaling/mos.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as monitoring from '../../src/lib/server/db/monitoring.ts';
import * as sittings from '../../src/lib/server/db/sittings.ts';
import type { Study } from '../../src/lib/server/db/studies.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { screeningWithin, screenPeople } from '../../src/lib/server/services/people/screen-people.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { withdrawSitting } from '../../src/lib/server/services/withdraw-sitting.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

const HOUR = 3_600_000;
let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 12 });
});
afterAll(() => test.remove());

/** A sitting that answers so many of its trials, each by what `answer` says of its position. */
async function sit(
  study: Study,
  answered: number,
  answer: (position: number) => { body: unknown; ms: number },
  simulated = false
) {
  const [token] = await invite(test.lab, { study: study.name, count: 1, kind: 'personal', simulated });
  const opened = await openSession(test.lab, token as string, { version: '1', device: null });
  if (!opened.ok) throw new Error(opened.reason);
  for (let position = 0; position < answered; position++) {
    const { body, ms } = answer(position);
    const recorded = await recordResponse(test.lab, opened.session, study, {
      position,
      answer: body,
      responseTimeMs: ms,
      presentedAt: null,
      facts: {}
    });
    if (!recorded.ok) throw new Error(recorded.reason);
  }
  return opened.session.id;
}

const score =
  (raw: (position: number) => number, ms = 1500) =>
  (position: number) => ({
    body: { kind: 'score', raw: raw(position) },
    ms
  });

describe('what is counted of a sitting', () => {
  it('is the same as counting its answers one by one, for a few and for all', async () => {
    const study = await makeStudy(test, 'pictures', 'tallied', 'double-stimulus', { trialsPerSession: 24 });
    const given = [
      'first',
      'first',
      'second',
      'second',
      'second',
      'first',
      'second',
      'same',
      'second',
      'second'
    ];
    const id = await sit(study, given.length, (position) => ({
      body: { kind: 'choice', choice: given[position] },
      ms: position < 3 ? 700 : 900
    }));
    await sit(study, 4, () => ({ body: { kind: 'choice', choice: 'first' }, ms: 2000 }));
    const expected = {
      answers: 10,
      hasty: 3,
      longestRun: 3,
      commonest: 6,
      first: 3,
      second: 6,
      focusLosses: null,
      longestGapMs: null
    };
    const all = await sittings.page(test.lab.db, study.id, { hastyBelowMs: 750, offset: 0, limit: null });
    expect(all.sittings.map(({ tally }) => tally.longestRun)).toEqual([4, 3]);
    expect(all.sittings[1]?.tally).toEqual(expected);
    expect([...(await sittings.tallies(test.lab.db, study.id, 750, [id]))]).toEqual([[id, expected]]);
    expect(await sittings.tallies(test.lab.db, study.id, 750, [])).toEqual(new Map());
  });
});

describe('how far people got', () => {
  it('tells those who left from those who are there, and leaves the withdrawn out', async () => {
    const study = await makeStudy(test, 'pictures', 'reached', 'single-stimulus');
    await sit(
      study,
      12,
      score((position) => position)
    );
    const gone = await sit(
      study,
      6,
      score((position) => position)
    );
    await sit(
      study,
      6,
      score((position) => position)
    );
    const withdrawn = await sit(
      study,
      3,
      score((position) => position)
    );
    await withdrawSitting(test.lab, study.id, withdrawn);
    await test.lab.db.execute(
      sql`update sessions set last_seen_at = now() - interval '2 hours' where id = ${gone}`
    );
    expect(await monitoring.progressOf(test.lab.db, study.id, HOUR)).toEqual([
      { from: 50, sittings: 2, left: 1 },
      { from: 100, sittings: 1, left: 0 }
    ]);
    expect(await sittings.counts(test.lab.db, study.id, HOUR)).toMatchObject({ here: 1, away: 0, left: 1 });
    const course = await monitoring.arrivals(test.lab.db, study.id);
    expect(course).toHaveLength(61);
    expect(course.at(-1)).toMatchObject({ joined: 3, finished: 1 });
    const none = await makeStudy(test, 'pictures', 'nobody', 'single-stimulus');
    expect(await monitoring.arrivals(test.lab.db, none.id)).toEqual([]);
    expect(await monitoring.kindOfPeople(test.lab.db, none.id)).toBeNull();
  });
});

describe('coverage', () => {
  it('has a cell a thing in order, and names the least covered', async () => {
    const study = await makeStudy(test, 'pictures', 'covered', 'single-stimulus', { trialsPerSession: 5 });
    for (let i = 0; i < 3; i++)
      await sit(
        study,
        4,
        score((position) => position)
      );
    for (const of of ['stimuli', 'trials'] as const) {
      const map = await monitoring.coverageMap(test.lab.db, study.id, of);
      expect(map).toMatchObject({ things: 12, together: 1 });
      expect(map.cells.reduce((sum, { least }) => sum + least, 0)).toBe(12);
    }
    const [least] = await monitoring.leastCovered(test.lab.db, study.id, 1);
    const { cells } = await monitoring.coverageMap(test.lab.db, study.id, 'stimuli');
    expect(least?.answers).toBe(Math.min(...cells.map((cell) => cell.least)));
  });
});

describe('the course of the intervals', () => {
  it('ends at the intervals of the scores as they are, raters apart from simulated ones', async () => {
    const study = await makeStudy(test, 'pictures', 'course', 'single-stimulus');
    for (let rater = 0; rater < 4; rater++) {
      await sit(
        study,
        12,
        score((position) => (position * 17 + rater * 29) % 101)
      );
    }
    await sit(
      study,
      12,
      score(() => 50),
      true
    );
    expect(await monitoring.kindOfPeople(test.lab.db, study.id)).toBe('rater');
    const steps = await monitoring.intervalCourse(test.lab.db, study.id, 'rater');
    expect(steps).toHaveLength(24);
    expect(steps.at(-1)?.answers).toBe(48);
    expect(steps[0]?.median).toBeNull();
    const rows = await rowsOf<{ scores: number[] }>(
      test.lab.db,
      sql`select array_agg(r.score) as scores from responses r join presentations p on p.id = r.presentation_id
        join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id
        where s.study_id = ${study.id} and o.kind = 'rater' group by p.trial_id`
    );
    const halves = rows
      .map(({ scores }) => {
        const interval = opinionScore(scores.map(Number)).ci95 as [number, number];
        return (interval[1] - interval[0]) / 2;
      })
      .sort((a, b) => a - b);
    expect(steps.at(-1)?.median).toBeCloseTo(halves[5] as number, 9);
    expect(steps.at(-1)?.ninth).toBeCloseTo(halves[10] as number, 9);
  });
});

describe('screening', () => {
  it('is of the answers as they are, and of people alone', async () => {
    const study = await makeStudy(test, 'pictures', 'screened', 'single-stimulus');
    expect(await screenPeople(test.lab, study)).toBeNull();
    for (let rater = 0; rater < 3; rater++)
      await sit(
        study,
        12,
        score((position) => (position * 31 + rater) % 101)
      );
    const first = await screeningWithin(test.lab, study, 60_000);
    expect(first.running).toBe(false);
    expect(first.screening?.sittings).toHaveLength(3);
    await sit(
      study,
      12,
      score((position) => (position * 7) % 101)
    );
    expect((await screenPeople(test.lab, study))?.sittings).toHaveLength(4);
    // Whoever does not wait gets the last that was finished.
    await sit(
      study,
      12,
      score((position) => (position * 5) % 101)
    );
    const hasty = await screeningWithin(test.lab, study, 0);
    expect([4, 5]).toContain(hasty.screening?.sittings.length);
    expect((await screenPeople(test.lab, study))?.variants[0]).toMatchObject({
      id: 'all',
      sittings: 5,
      answers: 60
    });
  });
});
