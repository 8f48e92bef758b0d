import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/lib/domain/response.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
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
    const keys = new Set(seen.slice(3).filter(({ ask }) => !ask).map((trial) => Object.keys(trial).sort().join()));
    expect(keys.size).toBe(1);

    const { observers, stimuli } = await analyseStudy(test.lab, study);
    expect(observers.find(({ kind }) => kind === 'rater')).toMatchObject({ presentations: 21 });
    for (const { values } of stimuli) for (const { value } of Object.values(values)) expect(value).toBe(50);
  });
});
