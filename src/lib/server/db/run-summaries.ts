import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { byId, type RunState } from './runs.ts';

/** What a run has cost so far, in dollars and tokens, and the dearest completion; always the sum of its rows. */
export async function spent(
  db: Db,
  sessionId: number
): Promise<{
  cost: number;
  tokensIn: number;
  tokensOut: number;
  maxTokensIn: number;
  maxTokensOut: number;
  completions: number;
}> {
  const rows = await rowsOf<Record<string, string | number | null>>(
    db,
    sql`select coalesce(sum(c.cost), 0) as cost, coalesce(sum(c.tokens_in), 0) as "tokensIn",
      coalesce(sum(c.tokens_out), 0) as "tokensOut", coalesce(max(c.tokens_in), 0) as "maxTokensIn",
      coalesce(max(c.tokens_out), 0) as "maxTokensOut", count(c.id) as completions
      from completions c join presentations p on p.id = c.presentation_id where p.session_id = ${sessionId}`
  );
  const row = rows[0] ?? {};
  const number = (key: string) => Number(row[key] ?? 0);
  return {
    cost: number('cost'),
    tokensIn: number('tokensIn'),
    tokensOut: number('tokensOut'),
    maxTokensIn: number('maxTokensIn'),
    maxTokensOut: number('maxTokensOut'),
    completions: number('completions')
  };
}

export interface LastAnswer {
  position: number;
  outcome: string;
  answer: string;
  text: string;
  reason: string | null;
  latencyMs: number;
  receivedAt: string;
}

export interface RunSummary {
  sessionId: number;
  state: RunState;
  stateReason: string | null;
  total: number;
  done: number;
  outcomes: Record<string, number>;
  tokensIn: number;
  tokensOut: number;
  /** null where no prices are known. */
  cost: number | null;
  failures: number;
  /** Answers a second over the last minute of work. */
  requestsPerSecond: number | null;
  latencyMsP50: number | null;
  latencyMsP95: number | null;
  etaMs: number | null;
  last: LastAnswer[];
}

/** Everything a run's page shows, counted from its rows. */
export async function summary(db: Db, sessionId: number): Promise<RunSummary | null> {
  const run = await byId(db, sessionId);
  if (!run) return null;
  const counts = await rowsOf<{ outcome: string | null; n: string }>(
    db,
    sql`select r.outcome, count(*) as n from presentations p left join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} group by r.outcome`
  );
  const outcomes: Record<string, number> = {};
  let total = 0;
  let done = 0;
  for (const row of counts) {
    total += Number(row.n);
    if (row.outcome === null) continue;
    done += Number(row.n);
    outcomes[row.outcome] = Number(row.n);
  }
  const paid = await spent(db, sessionId);
  const [pace] = await rowsOf<{ n: string; seconds: number | null; p50: number | null; p95: number | null }>(
    db,
    sql`with recent as (
        select c.latency_ms, c.received_at from completions c join presentations p on p.id = c.presentation_id
        where p.session_id = ${sessionId} order by c.id desc limit 500)
      select count(*) filter (where received_at > (select max(received_at) from recent) - interval '60 seconds') as n,
        extract(epoch from max(received_at) - greatest(min(received_at), max(received_at) - interval '60 seconds'))::float8
          as seconds,
        percentile_cont(0.5) within group (order by latency_ms) as p50,
        percentile_cont(0.95) within group (order by latency_ms) as p95
      from recent`
  );
  const [failed] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from request_failures f join presentations p on p.id = f.presentation_id
      where p.session_id = ${sessionId}`
  );
  const perSecond =
    pace && pace.seconds !== null && Number(pace.seconds) > 0
      ? (Number(pace.n) - 1) / Number(pace.seconds)
      : null;
  const last = await rowsOf<{
    position: number;
    outcome: string;
    score: number | null;
    choice: string | null;
    ranking: number[] | null;
    content: string | null;
    refusal: string | null;
    reason: string | null;
    latency: number;
    received: string | Date;
  }>(
    db,
    sql`select p.position, r.outcome, r.score, r.choice, r.ranking, c.content, c.refusal, r.reason,
      c.latency_ms as latency, c.received_at as received
      from completions c join presentations p on p.id = c.presentation_id
      join responses r on r.presentation_id = p.id and r.completion_id = c.id
      where p.session_id = ${sessionId} order by c.id desc limit 10`
  );
  const active = run.state === 'running' && perSecond !== null && perSecond > 0;
  return {
    sessionId,
    state: run.state as RunState,
    stateReason: run.stateReason,
    total,
    done,
    outcomes,
    tokensIn: paid.tokensIn,
    tokensOut: paid.tokensOut,
    cost: run.priceIn === null && run.priceOut === null ? null : paid.cost,
    failures: Number(failed?.n ?? 0),
    requestsPerSecond: perSecond,
    latencyMsP50: pace?.p50 == null ? null : Number(pace.p50),
    latencyMsP95: pace?.p95 == null ? null : Number(pace.p95),
    etaMs: active ? ((total - done) / (perSecond as number)) * 1000 : null,
    last: last.map((row) => ({
      position: row.position,
      outcome: row.outcome,
      answer: row.choice ?? row.ranking?.join(', ') ?? (row.score === null ? '' : String(row.score)),
      text: (row.content ?? row.refusal ?? '').slice(0, 500),
      reason: row.reason,
      latencyMs: row.latency,
      receivedAt: new Date(row.received).toISOString()
    }))
  };
}

/** How many presentations came back with each outcome. */
export async function outcomeCounts(db: Db, sessionId: number): Promise<Record<string, number>> {
  const rows = await rowsOf<{ outcome: string; n: string }>(
    db,
    sql`select r.outcome, count(*) as n from presentations p join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} group by r.outcome order by count(*) desc`
  );
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]));
}
