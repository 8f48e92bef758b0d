import type { Protocol } from '../../src/lib/domain/study.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { RUN_DEFAULTS, startRun } from '../../src/lib/server/services/run/start-run.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { startFakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

/** A study that people and one model have sat: their answers follow from the seed. */
export async function satStudy(
  test: TestLab,
  options: {
    dataset: string;
    name: string;
    protocol: Protocol;
    people: number;
    endpoint: string;
    seed?: number;
  }
): Promise<studies.Study> {
  const { dataset, name, protocol } = options;
  const study = await makeStudy(test, dataset, name, protocol);
  const random = seededRandom(options.seed ?? 1);
  for (let person = 0; person < options.people; person++) {
    const [token] = await invite(test.lab, { study: name, count: 1, kind: 'personal' });
    const opened = await openSession(test.lab, token as string, { version: '1', device: { dpr: 2 } });
    if (!opened.ok) throw new Error(opened.reason);
    // One place stays unanswered.
    const count = (await sessions.progress(test.lab.db, opened.session.id)).total - 1;
    for (let position = 0; position < count; position++) {
      const recorded = await recordResponse(test.lab, opened.session, study, {
        position,
        answer: answerOf(protocol, random),
        responseTimeMs: 900.25 + random.integer(1000),
        presentedAt: '2026-05-01T10:00:00.125Z',
        facts: { blurs: 0 }
      });
      if (!recorded.ok) throw new Error(recorded.reason);
    }
  }
  const run = await startRun(test.lab, {
    ...RUN_DEFAULTS,
    study: name,
    model: '=looker',
    baseUrl: options.endpoint,
    strategy: 'standard',
    priceIn: 1,
    priceOut: 2
  });
  await continueRun(test.lab, run.sessionId);
  return (await studies.byId(test.lab.db, study.id)) as studies.Study;
}

export interface SatLab {
  test: TestLab;
  study: studies.Study;
  /** Another study of the same dataset. */
  sat(name: string, people: number): Promise<studies.Study>;
  remove(): Promise<void>;
}

/** A lab with one single-stimulus study that people and a model have sat. */
export async function satLab(options: {
  dataset: string;
  count: number;
  name: string;
  people: number;
  /** What the model says; the fake's usual answer where nothing is given. */
  answer?: () => string;
}): Promise<SatLab> {
  const { dataset, count, name, people, answer } = options;
  const endpoint = await startFakeOpenAi(answer === undefined ? {} : { answer });
  const test = await openTestLab();
  await makeDataset(test, dataset, { count });
  const sat = (called: string, raters: number) =>
    satStudy(test, {
      ...{ dataset, name: called, people: raters },
      ...{ protocol: 'single-stimulus', endpoint: endpoint.url }
    });
  return {
    test,
    study: await sat(name, people),
    sat,
    async remove() {
      await test.remove();
      await endpoint.stop();
    }
  };
}

function answerOf(protocol: Protocol, random: ReturnType<typeof seededRandom>): unknown {
  if (protocol === 'single-stimulus') return { kind: 'score', raw: random.integer(101) };
  if (protocol === 'double-stimulus')
    return { kind: 'choice', choice: ['first', 'second', 'same'][random.integer(3)] };
  return { kind: 'ranking', ranks: [2, 0, 1, random.integer(3)] };
}
