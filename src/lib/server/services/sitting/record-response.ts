import * as v from 'valibot';
import { failedAttention, NOTHING_KNOWN } from '#lib/domain/monitoring/sitting-verdict.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import { keepSuperseded } from '#lib/server/db/restarts.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as responses from '#lib/server/db/responses.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { knownOf } from '../people/judge-sittings.ts';

/** What a page says besides the answer; bounded, so that a forged request cannot fill the disk. */
const Facts = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(40)),
    v.union([v.number(), v.boolean(), v.null(), v.pipe(v.string(), v.maxLength(200))])
  ),
  v.check((facts) => Object.keys(facts).length <= 40, 'too many facts')
);

const Submission = v.object({
  position: v.pipe(v.number(), v.integer(), v.minValue(0)),
  answer: v.unknown(),
  /** From onset to answer; null when the browser could not tell. */
  responseTimeMs: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(7 * 86_400_000))),
  presentedAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
  facts: v.optional(v.nullable(Facts), null),
  /** How many blocks had begun again when it was given; absent: all of those there are. */
  round: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)))
});

/** Many more answers than one sitting has on the way at once, whatever its tabs do. */
const COUNT_AGAIN_BELOW = 8;

export type RecordedResponse =
  | {
      ok: true;
      repeated: boolean;
      /** It was given before its block began again: kept, and the trial is asked again. */
      superseded?: true;
      answered: number;
      total: number;
      done: boolean;
    }
  | { ok: false; code: 'bad-request' | 'no-such-trial' | 'not-sitting'; reason: string };

/**
 * Records a person's answer to one presentation of their own sitting. Inserted once: whatever arrives again
 * (double click, retry, a second tab, the back button) changes nothing and is told that it was recorded.
 * Resolves after the commit.
 */
export async function recordResponse(
  lab: Pick<Lab, 'db'>,
  session: sessions.Session,
  study: Study,
  body: unknown
): Promise<RecordedResponse> {
  const parsed = v.safeParse(Submission, body);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = issue.path?.map((part) => String(part.key)).join('.') ?? 'the body';
    return { ok: false, code: 'bad-request', reason: `${where}: ${issue.message}` };
  }
  const submission = parsed.output;
  const checked = protocols[study.design.protocol].validateAnswer(submission.answer, study.design);
  if (!checked.ok) return { ok: false, code: 'bad-request', reason: checked.reason };
  // What was answered before somebody was away for too long may arrive after: it is kept.
  if (session.state === 'withdrawn' || (session.state === 'ended' && session.ending !== 'timed-out')) {
    return { ok: false, code: 'not-sitting', reason: `this sitting was ${session.state}` };
  }
  const { answer } = checked;
  const superseding = supersedingRestart(session, submission);
  if (superseding !== null) {
    await keepSuperseded(lab.db, session.id, submission.position, superseding, submission);
    const { answered, total } = await sessions.progress(lab.db, session.id);
    return { ok: true, repeated: true, superseded: true, answered, total, done: false };
  }
  const recorded = await responses.recordAt(lab.db, session.id, submission.position, {
    outcome: 'ok',
    score: answer.kind === 'score' ? answer.score : null,
    rawScore: answer.kind === 'score' ? answer.raw : answer.kind === 'choice' ? (answer.grade ?? null) : null,
    choice: answer.kind === 'choice' ? answer.choice : null,
    ranking: answer.kind === 'ranking' ? answer.ranks : null,
    responseTimeMs: submission.responseTimeMs,
    presentedAt: submission.presentedAt === null ? null : new Date(submission.presentedAt),
    facts: submission.facts
  });
  if (recorded === null) {
    return { ok: false, code: 'no-such-trial', reason: `this sitting has no trial ${submission.position}` };
  }
  // The session was read with this request: while it was seen just now there is nothing to write.
  if (Date.now() - session.lastSeenAt.getTime() > sessions.SEEN_EVERY_MS) {
    await sessions.touch(lab.db, session.id);
  }
  const repeated = !recorded.inserted;
  const { answered, total } =
    // Near the end it matters what other requests committed meanwhile: whoever comes last has to see all of them.
    recorded.total - recorded.answered <= COUNT_AGAIN_BELOW
      ? await sessions.progress(lab.db, session.id)
      : recorded;
  const done =
    answered === total &&
    (await sessions.completeIfDone(lab.db, session.id, await endingOf(lab, session, study)));
  return { ok: true, repeated, answered, total, done };
}

/** By which restart (from 1) of its block an answer is superseded; null where it was given after all of them. */
function supersedingRestart(
  { restarts }: Pick<sessions.Session, 'restarts'>,
  { position, round }: { position: number; round?: number | undefined }
): number | null {
  if (restarts === null || round === undefined) return null;
  const later = restarts.slice(round).findIndex(({ from, to }) => position >= from && position < to);
  return later === -1 ? null : round + later + 1;
}

/** How a sitting that answered everything ends, by the study's attention rule: every answer is committed by then. */
async function endingOf(
  lab: Pick<Lab, 'db'>,
  session: Pick<sessions.Session, 'id'>,
  study: Study
): Promise<'done' | 'failed-attention'> {
  const rule = study.design.sitting?.attention;
  if (rule === undefined) return 'done';
  const known = (await knownOf(lab, study, [session.id])).get(session.id) ?? NOTHING_KNOWN;
  return failedAttention(known, rule).length > 0 ? 'failed-attention' : 'done';
}
