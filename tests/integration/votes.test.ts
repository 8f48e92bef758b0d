import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import * as votes from '../../src/lib/server/db/votes.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { exportBundle } from '../../src/lib/server/services/bundle/export-bundle.ts';
import { importBundle } from '../../src/lib/server/services/bundle/import-bundle.ts';
import { exportTable } from '../../src/lib/server/services/export-study.ts';
import { watchSittings } from '../../src/lib/server/services/people/watch-people.ts';
import { importVotes, type VoteImportOptions } from '../../src/lib/server/services/votes/import-votes.ts';
import { planFromVotes } from '../../src/lib/server/services/votes/plan-from-votes.ts';
import { READING } from '../../src/lib/server/services/votes/read-votes.ts';
import { takeVotesOut } from '../../src/lib/server/services/votes/remove-votes.ts';
import { writeDesign } from '../../src/lib/server/services/write-design.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let other: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  other = await openTestLab({ embedded: true });
  await makeDataset(test, 'plain', { count: 6 });
  await makeDataset(test, 'with-references', { count: 12, references: 2 });
});
afterAll(async () => {
  await test.remove();
  await other.remove();
});

const image = (i: number) => `secret-name-${String(i).padStart(4, '0')}.png`;
let files = 0;

function file(lines: string[]): { path: string; label: string } {
  const label = `votes-${files++}.csv`;
  const target = path.join(test.directory, label);
  writeFileSync(target, `${lines.join('\n')}\n`);
  return { path: target, label };
}

const options = (study: string, more: Partial<VoteImportOptions> = {}): VoteImportOptions => ({
  ...READING,
  kind: 'rater',
  study,
  ...more
});

/** Five people who mean what the dataset says, each with a bias of their own. */
const ratings = (shift = 0) => [
  'observer,stimulus,rating',
  ...['ann', 'bob', 'cyd', 'dan', 'eve'].flatMap((who, person) =>
    Array.from({ length: 6 }, (_, i) => `${who},${image(i)},${10 + 12 * i + 2 * person + shift}`)
  )
];

async function rowsIn(studyId: number): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(
    test.lab.db,
    sql`select count(*)::int as n from presentations where study_id = ${studyId}`
  );
  return row?.n ?? -1;
}

async function lines(study: studies.Study): Promise<Record<string, unknown>[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await exportTable(test.lab, study, 'responses', 'jsonl')).stream)
    chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('ratings collected elsewhere', () => {
  it('count as people who sat elsewhere: in results, exports and bundles, not among the sittings', async () => {
    const study = await makeStudy(test, 'plain', 'rated', 'single-stimulus');
    const given = file(ratings());
    const report = await importVotes(test.lab, given, options('rated'));
    expect(report).toMatchObject({ observers: 5, votes: 30, missing: 0, passedOver: 0, alreadyThere: false });

    const results = await analyseStudy(test.lab, study);
    const people = results.observers.find(({ kind }) => kind === 'people');
    expect(people).toMatchObject({ raters: 5, imported: 5, presentations: 30, outcomes: { ok: 30 } });
    expect(people?.srcc).toBeCloseTo(1, 12);
    expect(results.observers.map(({ observer }) => observer)).toContain('ann (imported)');
    expect(results.stimuli[0]?.values['people']).toMatchObject({ value: 14, n: 5 });

    const rows = await lines(study);
    expect(rows).toHaveLength(30);
    for (const row of rows) {
      expect(row).toMatchObject({ source: 'imported', kind: 'rater', outcome: 'ok' });
      for (const unknown of ['position', 'responseTimeMs', 'presentedAt', 'answeredAt'])
        expect(row[unknown] ?? null).toBeNull();
    }
    const watched = await watchSittings(test.lab, study, 0, 50);
    expect(watched.page.total).toBe(0);
    expect(watched.counts).toMatchObject({ joined: 0, withdrawn: 0 });
    expect(await studies.countsOf(test.lab.db, study.id)).toMatchObject({
      people: 0,
      imported: 5,
      answers: 30
    });
    expect((await studies.byId(test.lab.db, study.id))?.lockedAt).not.toBeNull();

    const now = (await studies.byId(test.lab.db, study.id)) as studies.Study;
    const chunks: Uint8Array[] = [];
    for await (const chunk of await exportBundle(test.lab, now, { pictures: true })) chunks.push(chunk);
    const zip = path.join(test.directory, 'rated.zip');
    writeFileSync(zip, Buffer.concat(chunks));
    expect(await importBundle(other.lab, zip, 'rated.zip')).toMatchObject({
      sameFigures: true,
      responses: 30
    });
  });

  it('come in once, and can be taken out', async () => {
    const study = await makeStudy(test, 'plain', 'once', 'single-stimulus');
    const given = file(ratings());
    const first = await importVotes(test.lab, given, options('once'));
    expect(await importVotes(test.lab, given, options('once'))).toEqual({ ...first, alreadyThere: true });
    await expect(importVotes(test.lab, given, options('once', { kind: 'model' }))).rejects.toThrow(
      /read otherwise/
    );
    await expect(importVotes(test.lab, file(ratings(1)), options('once'))).rejects.toThrow(
      /"ann" has imported votes in this study already/
    );
    expect(await rowsIn(study.id)).toBe(30);
    expect(await takeVotesOut(test.lab, study, first.import)).toEqual({ removed: 30 });
    expect(await rowsIn(study.id)).toBe(0);
    expect(await votes.ofStudy(test.lab.db, study.id)).toEqual([]);
    expect((await importVotes(test.lab, file(ratings(1)), options('once'))).votes).toBe(30);
  });

  it('sent twice at the same moment come in once', async () => {
    const study = await makeStudy(test, 'plain', 'race', 'single-stimulus');
    const given = file(ratings());
    const both = await Promise.allSettled([
      importVotes(test.lab, given, options('race')),
      importVotes(test.lab, given, options('race'))
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    for (const one of both) {
      if (one.status === 'rejected') expect(String(one.reason)).toMatch(/just being imported/);
    }
    expect(await rowsIn(study.id)).toBe(30);
  });

  it('are mapped from their own range, and never guessed', async () => {
    const study = await makeStudy(test, 'plain', 'ranged', 'single-stimulus');
    const given = file(['who,img,score', `a,${image(0)},1`, `a,${image(1)},4`, `a,${image(2)},`]);
    const reading = {
      columns: { observer: 'who', stimulus: 'img', rating: 'score' },
      range: { low: 1, high: 5 }
    };
    expect(await importVotes(test.lab, given, options('ranged', reading))).toMatchObject({
      votes: 2,
      missing: 1
    });
    expect((await lines(study)).map(({ score }) => score)).toEqual([0, 75]);
    const outside = file(['observer,stimulus,rating', `b,${image(0)},1`, `b,${image(1)},6`]);
    await expect(importVotes(test.lab, outside, options('ranged', { range: reading.range }))).rejects.toThrow(
      /line 3, column "rating": 6 lies outside of 1 to 5/
    );
    await makeStudy(test, 'plain', 'graded', 'single-stimulus', { scale: 'acr-5' });
    await expect(
      importVotes(test.lab, file(['observer,stimulus,rating', `b,${image(0)},3.5`]), options('graded'))
    ).rejects.toThrow(/column "rating": A grade is a whole number from 1 to 5/);
  });

  it.each([
    [
      ['observer,stimulus,rating', `a,${image(0)},50`, 'a,nowhere.png,50'],
      /line 3, column "stimulus": .*"nowhere.png"/
    ],
    [['observer,stimulus,rating', `a,${image(0)},50`, `a,${image(0)},51`], /line 3.*"a" has rated .* before/],
    [['observer,stimulus,rating', `a,${image(0)},good`], /line 2, column "rating"/],
    [['observer,stimulus,rating', `,${image(0)},1`], /line 2, column "observer": is empty/],
    [['stimulus,rating', `${image(0)},1`], /column "observer": this column is missing/],
    [['observer,stimulus,rating', `a,${image(0)},`], /holds no vote/],
    [['observer,stimulus,rating', `a,${image(0)},101`], /between 0 and 100/]
  ])('with a bad row leave nothing behind: %#', async (text, message) => {
    const name = 'bad-rows';
    const study =
      (await studies.byName(test.lab.db, name)) ?? (await makeStudy(test, 'plain', name, 'single-stimulus'));
    await expect(importVotes(test.lab, file(text), options(name))).rejects.toThrow(message);
    expect(await rowsIn(study.id)).toBe(0);
    expect(await votes.ofStudy(test.lab.db, study.id)).toEqual([]);
  });

  it('that a crash left half stored never count, and the next import clears them', async () => {
    const study = await makeStudy(test, 'plain', 'crashed', 'single-stimulus');
    const made = (await votes.create(test.lab.db, {
      studyId: study.id,
      sha256: 'a'.repeat(64),
      fileName: 'half.csv',
      kind: 'rater',
      options: {},
      observers: 1,
      votes: 2,
      missing: 0,
      passedOver: 0,
      heardAt: new Date(Date.now() - 3_600_000)
    })) as votes.VoteImport;
    const [trial] = await studies.trialsOf(test.lab.db, study.id);
    const [session] = await test.lab.db.transaction((tx) =>
      votes.openSessions(tx, { id: study.id, address: 'crashed' }, made, ['ann'])
    );
    const half = {
      sessionId: session as number,
      trialId: trial?.id as number,
      position: 0,
      pass: 0,
      order: [0],
      score: 3,
      raw: 3,
      choice: null,
      ranking: null,
      facts: null
    };
    expect(await votes.insertVotes(test.lab.db, study.id, made.id, [half])).toBe(true);
    await test.lab.db.execute(
      sql`update vote_imports set heard_at = now() - interval '1 hour' where id = ${made.id}`
    );
    expect((await analyseStudy(test.lab, study)).observers).toEqual([]);
    expect((await studies.countsOf(test.lab.db, study.id)).answers).toBe(0);
    await importVotes(test.lab, file(ratings()), options('crashed'));
    expect(await rowsIn(study.id)).toBe(30);
    // Whoever stored it before is told that it is gone.
    expect(await votes.insertVotes(test.lab.db, study.id, made.id, [half])).toBe(false);
  });
});

describe('pairs and rankings collected elsewhere', () => {
  it('make a study of their own trials, which a model may sit too', async () => {
    const lines = ['observer,first,second,choice'];
    for (const who of ['ann', 'bob', 'cyd'])
      for (let i = 0; i < 6; i++)
        for (let j = i + 1; j < 6; j++) {
          if ((i + j) % 2 === 0) lines.push(`${who},${image(j)},${image(i)},first`);
          else lines.push(`${who},${image(i)},${image(j)},second`);
        }
    const given = file(lines);
    const plan = { name: 'paired', dataset: 'plain', protocol: 'double-stimulus' as const, design: {} };
    const study = await planFromVotes(test.lab, given, plan, READING);
    expect(study.design.trialsFrom).toBe('votes');
    expect(await studies.trialsOf(test.lab.db, study.id)).toHaveLength(15);
    expect((await writeDesign(test.lab, study)).matches).toBe(true);
    // The same votes in another order are the same design.
    const turned = file([lines[0] as string, ...lines.slice(1).reverse()]);
    expect((await planFromVotes(test.lab, turned, { ...plan, ifMissing: true }, READING)).id).toBe(study.id);

    expect(await importVotes(test.lab, given, options('paired'))).toMatchObject({ observers: 3, votes: 45 });
    const machine = file([
      'first,second,choice,count',
      `${image(0)},${image(1)},second,2`,
      `${image(5)},${image(4)},same,1`
    ]);
    expect(
      await importVotes(test.lab, machine, options('paired', { kind: 'model', name: 'gpt-4v' }))
    ).toMatchObject({ observers: 1, votes: 3 });
    const { observers } = await analyseStudy(test.lab, study);
    expect(observers.find(({ kind }) => kind === 'people')?.srcc).toBeCloseTo(1, 12);
    const model = observers.find(({ observer }) => observer === 'gpt-4v (imported)');
    expect(model).toMatchObject({ kind: 'model', imported: 1, presentations: 3 });
    expect(model?.againstRaters).not.toBeNull();
  });

  it('of which the study does not ask are refused, or passed over and counted', async () => {
    const study = await makeStudy(test, 'plain', 'few-pairs', 'double-stimulus', {
      pairsPerImage: 1,
      allowTies: false
    });
    const [trial] = await studies.trialsOf(test.lab.db, study.id);
    const names = new Map((await studies.stimuliIn(test.lab.db, study.id)).map(({ id, name }) => [id, name]));
    const [a, b] = (trial?.stimuli ?? []).map((id) => names.get(id) as string) as [string, string];
    const planned = new Set(
      (await studies.trialsOf(test.lab.db, study.id)).map(({ stimuli }) => [...stimuli].sort().join())
    );
    const ids = [...names.keys()];
    const [c, d] = ids
      .flatMap((x) => ids.map((y) => [x, y] as const))
      .find(([x, y]) => x < y && !planned.has([x, y].sort().join())) as [number, number];
    const rows = [
      'observer,first,second,choice',
      `u,${b},${a},first`,
      `u,${names.get(c)},${names.get(d)},second`
    ];
    await expect(importVotes(test.lab, file(rows), options('few-pairs'))).rejects.toThrow(
      /line 3, column "second": no test trial of the study judges/
    );
    expect(await importVotes(test.lab, file(rows), options('few-pairs', { passOver: true }))).toMatchObject({
      votes: 1,
      passedOver: 1
    });
    const [row] = await lines(study);
    expect(row).toMatchObject({ stimuli: [b, a], choice: 'first' });
    await expect(
      importVotes(test.lab, file(['observer,first,second,choice', `v,${a},${b},same`]), options('few-pairs'))
    ).rejects.toThrow(/column "choice": This study asks for one of the two/);
  });

  it('rank within one reference, the best rank where the file has it', async () => {
    const names = (of: number[]) => of.map(image).join('|');
    const rows = [
      'observer,stimuli,ranking',
      `a,${names([0, 2, 4, 6])},4|3|2|1`,
      `a,${names([1, 3, 5, 7])},1|1|2|4`
    ];
    const reading = { ...READING, best: 'lowest' as const };
    const plan = {
      name: 'ranked',
      dataset: 'with-references',
      protocol: 'multiple-stimulus' as const,
      design: {}
    };
    const study = await planFromVotes(test.lab, file(rows), plan, reading);
    await importVotes(test.lab, file(rows), options('ranked', { best: 'lowest' }));
    expect((await lines(study)).map(({ ranking, stimuli }) => ({ ranking, stimuli }))).toEqual([
      { ranking: [0, 1, 2, 3], stimuli: [0, 2, 4, 6].map(image) },
      { ranking: [2, 2, 1, 0], stimuli: [1, 3, 5, 7].map(image) }
    ]);
    await expect(
      planFromVotes(
        test.lab,
        file(['observer,stimuli,ranking', `a,${names([0, 1, 2, 3])},4|3|2|1`]),
        { ...plan, name: 'mixed' },
        READING
      )
    ).rejects.toThrow(/line 2.*have different references/);
  });
});
