import { sql } from 'drizzle-orm';
import { hastyBelowMs } from '../../src/lib/domain/monitoring/sitting-evidence.ts';
import { defaultDesign } from '../../src/lib/domain/study.ts';
import type { Db } from '../../src/lib/server/db/client.ts';
import * as monitoring from '../../src/lib/server/db/monitoring.ts';
import * as results from '../../src/lib/server/db/results.ts';
import * as sittings from '../../src/lib/server/db/sittings.ts';
import { openTestLab } from '../../tests/integration/support.ts';
import { startPostgres } from '../postgres.ts';
import { fixed, machine, quantileOf, table } from './measure.ts';

const STIMULI = 10_000;
const ROUNDS = 5;

/** The monitor's queries over 500 raters × 10,000 stimuli, every rater with so many trials of their own. */
export async function run(args: string[]): Promise<void> {
  const raters = Number(args[0] ?? 500);
  const trials = Number(args[1] ?? 400);
  console.log(`${machine()}; ${raters} raters, ${STIMULI} stimuli, ${trials} trials each`);
  const rows: (string | number | null)[][] = [['query', 'PGlite median ms', 'PostgreSQL median ms']];
  const columns: Record<string, (string | null)[]> = {};
  for (const kind of ['PGlite', 'PostgreSQL'] as const) {
    const postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    process.env['TEST_DATABASE_URL'] = postgres?.url ?? '';
    const test = await openTestLab();
    try {
      const { db } = test.lab;
      const studyId = await fill(db, raters, trials);
      const threshold = hastyBelowMs(defaultDesign('single-stimulus', 'no-reference'));
      const stale = 3_600_000;
      const queries: Record<string, () => Promise<unknown>> = {
        'state of the answers': () => results.stateOf(db, studyId),
        counts: () => sittings.counts(db, studyId, stale),
        '50 sittings with their evidence': () =>
          sittings.page(db, studyId, { hastyBelowMs: threshold, offset: 0, limit: 50 }),
        'all sittings with their evidence': () =>
          sittings.page(db, studyId, { hastyBelowMs: threshold, offset: 0, limit: null }),
        'how far people got': () => monitoring.progressOf(db, studyId, stale),
        arrivals: () => monitoring.arrivals(db, studyId),
        'coverage of stimuli': () => monitoring.coverageMap(db, studyId, 'stimuli'),
        'coverage of trials': () => monitoring.coverageMap(db, studyId, 'trials'),
        'least covered': () => monitoring.leastCovered(db, studyId, 12),
        'course of the intervals': () => monitoring.intervalCourse(db, studyId, 'synthetic')
      };
      for (const [name, query] of Object.entries(queries)) {
        const took: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const from = performance.now();
          await query();
          took.push(performance.now() - from);
        }
        (columns[name] ??= []).push(fixed(quantileOf(took, 0.5), 0));
      }
    } finally {
      await test.remove();
      await postgres?.stop();
    }
  }
  for (const [name, values] of Object.entries(columns)) rows.push([name, ...values]);
  table(rows);
}

/** Rows as sittings would have left them, made by the database itself. */
async function fill(db: Db, raters: number, trials: number): Promise<number> {
  const design = JSON.stringify(defaultDesign('single-stimulus', 'no-reference'));
  await db.execute(sql`insert into images (sha256, byte_length, media_type, width_px, height_px, channels, bit_depth,
    has_alpha) values (repeat('a', 64), 1, 'image/png', 1, 1, 3, 8, false)`);
  await db.execute(
    sql`insert into datasets (name, scenario, layout, simulated) values ('bench', 'no-reference', 'folder', true)`
  );
  await db.execute(sql`insert into stimuli (dataset_id, name, image_sha256, kind)
    select (select id from datasets), 's' || i, repeat('a', 64), 'distorted' from generate_series(1, ${STIMULI}) i`);
  await db.execute(sql`insert into studies (name, dataset_id, protocol, scenario, seed, design, plan_report, design_hash)
    select 'bench', id, 'single-stimulus', 'no-reference', 1, ${design}::jsonb, '{}', repeat('a', 64) from datasets`);
  await db.execute(sql`insert into trials (study_id, dataset_id, index, role)
    select s.id, s.dataset_id, i, 'test' from studies s, generate_series(0, ${STIMULI - 1}) i`);
  await db.execute(sql`insert into trial_stimuli (trial_id, dataset_id, slot, stimulus_id)
    select t.id, t.dataset_id, 0, st.id from trials t join stimuli st on st.name = 's' || (t.index + 1)`);
  await db.execute(
    sql`insert into observers (kind, name) select 'synthetic', 'simulated rater ' || i from generate_series(1, ${raters}) i`
  );
  await db.execute(sql`insert into sessions (study_id, observer_id, door, ordinal, seed, state)
    select s.id, o.id, 'page', o.id, 'x', 'active' from studies s, observers o`);
  await db.execute(sql`insert into presentations (session_id, study_id, trial_id, position, "order")
    select s.id, s.study_id, t.id, i, '{0}' from sessions s cross join generate_series(0, ${trials - 1}) i
    join trials t on t.index = ((s.ordinal * 7919 + i * 37) % ${STIMULI})`);
  await db.execute(sql`insert into responses (presentation_id, outcome, score, raw_score, response_time_ms, answered_at, facts)
    select id, 'ok', (id * 7919 % 101), (id * 7919 % 101), 800 + id % 3000,
      now() - (id * 13 % 86400) * interval '1 second', '{"blurs": 0}' from presentations`);
  await db.execute(sql`analyze`);
  return 1;
}
