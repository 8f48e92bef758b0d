import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import { pairVotes } from '../../src/lib/server/db/pair-votes.ts';
import type * as sessions from '../../src/lib/server/db/sessions.ts';
import type * as studies from '../../src/lib/server/db/studies.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
let study: studies.Study;
const ITEMS = 12;
const PER_SESSION = 6;

beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: ITEMS });
  study = await planStudy(test.lab, {
    name: 'active',
    dataset: 'pictures',
    subset: null,
    protocol: 'double-stimulus',
    seed: 1,
    exemplars: [],
    design: { pairsPerImage: 6, trialsPerSession: PER_SESSION, assignment: 'active' }
  });
});
afterAll(() => test.remove());

async function join(): Promise<sessions.Session> {
  const [token] = await invite(test.lab, { study: 'active', count: 1, kind: 'personal' });
  const opened = await openSession(test.lab, token as string, { version: '1', device: null });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.session;
}

interface Place {
  position: number;
  trial: number;
  shown: number[];
}

/** A sitting's pairs as shown, by stimulus id. */
async function placesOf(session: sessions.Session): Promise<Place[]> {
  const rows = await rowsOf<{ position: number; trial: number; order: number[]; stimuli: number[] }>(
    test.lab.db,
    sql`select p.position, p.trial_id as trial, p."order",
      (select array_agg(ts.stimulus_id order by ts.slot) from trial_stimuli ts where ts.trial_id = p.trial_id) as stimuli
      from presentations p where p.session_id = ${session.id} order by p.position`
  );
  return rows.map(({ position, trial, order, stimuli }) => ({
    position,
    trial,
    shown: order.map((slot) => stimuli[slot] as number)
  }));
}

describe('active sampling', () => {
  it('shares the pairs out among raters who join at once, before anybody has answered', async () => {
    const all = await Promise.all(Array.from({ length: 11 }, join));
    const places = (await Promise.all(all.map(placesOf))).flat();
    expect(places).toHaveLength(11 * PER_SESSION);
    // 66 pairs, 66 places: nobody is sent after what somebody else is just judging.
    expect(new Set(places.map((place) => place.trial)).size).toBeGreaterThanOrEqual(62);
  });

  it('counts votes by slot, whatever side a picture stood on, and open places as coming', async () => {
    const sitting = await join();
    const places = await placesOf(sitting);
    const before = new Map(
      (await pairVotes(test.lab.db, study.id, 3_600_000)).map((row) => [row.trialId, row])
    );
    for (const { position, shown } of places) {
      // The picture with the lower id is preferred, always.
      const choice = (shown[0] as number) < (shown[1] as number) ? 'first' : 'second';
      const recorded = await recordResponse(test.lab, sitting, study, {
        position,
        answer: { kind: 'choice', choice },
        responseTimeMs: 900,
        presentedAt: new Date().toISOString(),
        facts: {}
      });
      expect(recorded.ok).toBe(true);
    }
    const after = await pairVotes(test.lab.db, study.id, 3_600_000);
    for (const { trial } of places) {
      const then = before.get(trial);
      const now = after.find((row) => row.trialId === trial);
      if (!then || !now) throw new Error('the trial is there');
      const winner = now.stimuli[0] < now.stimuli[1] ? 0 : 1;
      expect(now.wins[winner]).toBe(then.wins[winner] + 1);
      expect(now.wins[1 - winner]).toBe(then.wins[1 - winner]);
      expect(now.coming).toBe(then.coming - 1);
    }
  });

  it.each([
    ['single-stimulus', 6, /double-stimulus/],
    ['double-stimulus', null, /trials per session/]
  ] as const)('is refused in a %s study with %s trials a session', async (protocol, perSession, reason) => {
    const planned = planStudy(test.lab, {
      name: 'refused',
      dataset: 'pictures',
      subset: null,
      protocol,
      seed: 1,
      exemplars: [],
      design: { trialsPerSession: perSession, assignment: 'active' }
    });
    await expect(planned).rejects.toThrow(reason);
  });
});
