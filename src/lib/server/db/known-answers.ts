import { sql, type SQL } from 'drizzle-orm';
import type { KnownAnswer } from '#lib/domain/known-answer.ts';
import type { StoredAnswer } from '#lib/domain/monitoring/sitting-verdict.ts';
import { rowsOf, type Db } from './client.ts';

export interface AnsweredCheck extends StoredAnswer {
  session: number;
  expected: KnownAnswer;
}

export interface AnsweredTwice {
  session: number;
  first: StoredAnswer;
  second: StoredAnswer;
}

const ANSWER = sql`p."order", r.score, r.raw_score as raw, r.choice, r.ranking`;

/** Answers of people to gold and traps: of some sittings, or of all of a study (null). */
export function answeredChecks(
  db: Db,
  studyId: number,
  sessionIds: readonly number[] | null
): Promise<AnsweredCheck[]> {
  return rowsOf(
    db,
    sql`select p.session_id as session, t.expected, ${ANSWER}
      from trials t join presentations p on p.trial_id = t.id join sessions s on s.id = p.session_id
      join responses r on r.presentation_id = p.id and r.outcome = 'ok'
      where t.study_id = ${studyId} and t.role in ('gold', 'trap') and t.expected is not null
        and s.door = 'page' and ${among(sessionIds)}
      order by p.id`
  );
}

/** What people answered twice: hidden repeats, or both orders of a pair. */
export async function answeredTwice(
  db: Db,
  studyId: number,
  sessionIds: readonly number[] | null
): Promise<AnsweredTwice[]> {
  const rows = await rowsOf<StoredAnswer & { session: number; pass: number }>(
    db,
    sql`select p.session_id as session, p.pass, ${ANSWER}
      from presentations p join sessions s on s.id = p.session_id
      join trials t on t.id = p.trial_id and t.role = 'test'
      join responses r on r.presentation_id = p.id and r.outcome = 'ok'
      where p.study_id = ${studyId} and s.door = 'page' and ${among(sessionIds)}
        and exists (select 1 from presentations q join responses x on x.presentation_id = q.id and x.outcome = 'ok'
          where q.session_id = p.session_id and q.trial_id = p.trial_id and q.pass = 1 - p.pass)
        and p.pass in (0, 1)
      order by p.session_id, p.trial_id, p.pass`
  );
  const twice: AnsweredTwice[] = [];
  for (let at = 0; at + 1 < rows.length; at += 2) {
    const [first, second] = [rows[at], rows[at + 1]] as [(typeof rows)[0], (typeof rows)[0]];
    twice.push({ session: first.session, first, second });
  }
  return twice;
}

function among(sessionIds: readonly number[] | null): SQL {
  return sessionIds === null ? sql`true` : sql`s.id = any(${`{${sessionIds.join(',')}}`}::int[])`;
}
