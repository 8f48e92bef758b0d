import { sql } from 'drizzle-orm';
import type { Db } from '../../src/lib/server/db/client.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { defaultDesign } from '../../src/lib/domain/study.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';

export interface LargeStudy {
  protocol: 'single-stimulus' | 'double-stimulus';
  raters: number;
  stimuli: number;
  answers: number;
}

/**
 * A study "large-PROTOCOL" over a dataset of that name, put straight into the tables: so many simulated raters and
 * stimuli, and answers spread evenly over both, all of them "ok". Of pairs, each stimulus with the next.
 */
export async function makeLargeStudy(
  db: Db,
  { protocol, raters, stimuli, answers }: LargeStudy
): Promise<void> {
  const random = seededRandom(1);
  const large = `large-${protocol}`;
  const pairs = protocol === 'double-stimulus';
  const sha = (n: number) => n.toString(16).padStart(64, '0');
  await db.execute(sql`insert into images (sha256, byte_length, media_type, width_px, height_px, channels, bit_depth, has_alpha)
    select lpad(to_hex(n), 64, '0'), 1000, 'image/png', 512, 384, 3, 8, false from generate_series(1, ${sql.raw(String(stimuli))}) n on conflict do nothing`);
  const dataset = await datasets.create(db, {
    name: large,
    scenario: 'no-reference',
    layout: 'folder',
    state: 'ready',
    simulated: true,
    mosLow: 0,
    mosHigh: 100
  });
  if (!dataset) throw new Error(`there is a dataset ${large} already`);
  const ids: number[] = [];
  for (let from = 0; from < stimuli; from += 1000) {
    const rows = await datasets.insertStimuli(
      db,
      Array.from({ length: Math.min(1000, stimuli - from) }, (_, i) => ({
        datasetId: dataset.id,
        name: `picture-${String(from + i).padStart(5, '0')}.png`,
        imageSha256: sha(from + i + 1),
        kind: 'distorted',
        mos: 100 * random.uniform(),
        sigma: 12
      }))
    );
    ids.push(...rows.map(({ id }) => id));
  }
  const study = await studies.create(
    db,
    {
      name: large,
      datasetId: dataset.id,
      protocol,
      scenario: 'no-reference',
      seed: 1,
      design: defaultDesign(protocol, 'no-reference', 1),
      planReport: {},
      designHash: sha(0)
    },
    ids.map((id, index) => ({
      role: 'test' as const,
      referenceId: null,
      stimuli: pairs ? [id, ids[(index + 1) % ids.length] as number] : [id]
    }))
  );
  if (!study) throw new Error(`there is a study ${large} already`);
  const each = Math.floor(answers / raters);
  await db.execute(sql`insert into observers (kind, name)
    select 'synthetic', ${large} || ' rater ' || n from generate_series(1, ${sql.raw(String(raters))}) n`);
  await db.execute(sql`insert into sessions (study_id, observer_id, door, ordinal, seed, state)
    select ${study.id}, o.id, 'page', row_number() over (order by o.id) - 1, 'bench', 'completed'
    from observers o where o.name like ${`${large} rater %`}`);
  await db.execute(sql`insert into presentations (session_id, study_id, trial_id, position, "order")
    select s.id, s.study_id, t.id, x.n, ${sql.raw(pairs ? "'{0,1}'" : "'{0}'")} from sessions s
    cross join generate_series(0, ${sql.raw(String(each - 1))}) x(n)
    join trials t on t.study_id = s.study_id and t.index = (s.ordinal * 37 + x.n * 5) % ${sql.raw(String(stimuli))}
    where s.study_id = ${study.id}`);
  if (pairs) {
    await db.execute(sql`insert into responses (presentation_id, outcome, choice, response_time_ms, presented_at)
      select p.id, 'ok', case when p.id * 7919 % 41 < 20 then 'first' when p.id * 7919 % 41 < 36 then 'second' else 'same' end,
      900 + p.id % 1000, now() from presentations p where p.study_id = ${study.id}`);
    return;
  }
  await db.execute(sql`insert into responses (presentation_id, outcome, score, raw_score, response_time_ms, presented_at)
    select p.id, 'ok', v.score, v.score, 900 + p.id % 1000, now()
    from presentations p join trial_stimuli ts on ts.trial_id = p.trial_id join stimuli st on st.id = ts.stimulus_id
    cross join lateral (select greatest(0, least(100, round(st.mos + (p.id * 7919 % 41) - 20))) as score) v
    where p.study_id = ${study.id}`);
}
