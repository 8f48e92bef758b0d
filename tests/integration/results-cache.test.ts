import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as results from '../../src/lib/server/db/results.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { satStudy } from './sat-study.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
let endpoint: FakeOpenAi;
let study: studies.Study;
beforeAll(async () => {
  endpoint = await startFakeOpenAi({});
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 6 });
  const common = { dataset: 'pictures', protocol: 'single-stimulus', endpoint: endpoint.url } as const;
  study = await satStudy(test, { ...common, name: 'watched', people: 3 });
  await satStudy(test, { ...common, name: 'another', people: 2 });
});
afterAll(async () => {
  await test.remove();
  await endpoint.stop();
});

const now = () => cachedResults(test.lab, study);

describe('results that are kept', () => {
  it('are the same object while nothing changes that they are made from', async () => {
    const before = await now();
    expect(await now()).toBe(before);
    const { db } = test.lab;
    await db.execute(sql`update sessions set last_seen_at = now() where study_id = ${study.id}`);
    await db.execute(sql`update studies set state = 'closed' where id = ${study.id}`);
    const other = await studies.byName(db, 'another');
    await db.execute(sql`update sessions set state = 'withdrawn' where study_id = ${other?.id ?? 0}`);
    expect(await now()).toBe(before);
  });

  const first = () => sql`(select min(id) from sessions where study_id = ${study.id})`;
  const changes: [string, () => ReturnType<typeof sql>][] = [
    ['how a sitting ended', () => sql`update sessions set ending = 'returned' where id = ${first()}`],
    [
      'what a person did in checks',
      () =>
        sql`update sessions set evidence = '{"acuity": {"at": "2026-01-01", "value": 1}}' where id = ${first()}`
    ],
    [
      "a person's name",
      () =>
        sql`update observers set name = 'renamed' where id = (select observer_id from sessions where id = ${first()})`
    ],
    ['the range of MOS', () => sql`update datasets set mos_high = 200 where id = ${study.datasetId}`],
    ['a withdrawn sitting', () => sql`update sessions set state = 'withdrawn' where id = ${first()}`]
  ];
  for (const [what, change] of changes) {
    it(`are made anew after ${what} changed`, async () => {
      const before = await now();
      await test.lab.db.execute(change());
      const after = await now();
      expect(after).not.toBe(before);
      expect(await now()).toBe(after);
    });
  }

  it('are made anew after an answer of a sitting that goes on', async () => {
    const { db } = test.lab;
    await db.execute(sql`insert into observers (kind, name) values ('rater', 'somebody late')`);
    await db.execute(sql`insert into sessions (study_id, observer_id, door, ordinal, seed)
      select ${study.id}, id, 'page', 99, 'late' from observers where name = 'somebody late'`);
    await db.execute(sql`insert into presentations (session_id, study_id, trial_id, position, "order")
      select s.id, s.study_id, t.id, row_number() over (order by t.id) - 1, '{0}' from sessions s
      join trials t on t.study_id = s.study_id and t.role = 'test' where s.seed = 'late'`);
    let seen = await now();
    const counted = (await studies.countsOf(db, study.id)).answers;
    for (let position = 0; position < 2; position++) {
      await db.execute(sql`insert into responses (presentation_id, outcome, score, raw_score)
        select p.id, 'ok', ${50 + position}, ${50 + position} from presentations p join sessions s on s.id = p.session_id
        where s.seed = 'late' and p.position = ${position}`);
      const next = await now();
      expect(next).not.toBe(seen);
      expect(next.observers.find(({ observer }) => observer === 'somebody late')?.outcomes).toEqual({
        ok: position + 1
      });
      seen = next;
    }
    expect((await studies.countsOf(db, study.id)).answers).toBe(counted + 2);
  });

  it('are of a study that is there', async () => {
    expect(await results.stateOf(test.lab.db, study.id)).not.toBe('');
    expect(await results.stateOf(test.lab.db, 999_999)).toBe('');
  });

  it('count answers as the answers themselves do', async () => {
    const [counted] = await rowsOf<{ n: number }>(
      test.lab.db,
      sql`select count(*)::int as n from responses r join presentations p on p.id = r.presentation_id
        join sessions s on s.id = p.session_id where p.study_id = ${study.id} and s.state <> 'withdrawn'`
    );
    expect((await studies.countsOf(test.lab.db, study.id)).answers).toBe(counted?.n);
  });
});
