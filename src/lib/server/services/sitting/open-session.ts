import { randomBytes } from 'node:crypto';
import { assignTrials } from '#lib/domain/planning/assignment.ts';
import { orderSession } from '#lib/domain/planning/order-session.ts';
import type { Participant } from '#lib/domain/recruitment.ts';
import type { TrialRole } from '#lib/domain/trial.ts';
import type { Language } from '#lib/domain/words/words.ts';
import { seededRandom } from '#lib/stats/random.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as observers from '#lib/server/db/observers.ts';
import * as studies from '#lib/server/db/studies.ts';
import * as invitations from '#lib/server/db/invitations.ts';
import type { Lab } from '../lab.ts';
import { tokenHash } from './find-sitting.ts';
import { afterAbsence, beginsAnew } from './resume-sitting.ts';
import { staleAfterMs } from './stale-after.ts';
import { steerAssignment } from './steer-assignment.ts';

export type OpenedSession =
  | { ok: true; session: sessions.Session; cookie: string }
  | { ok: false; reason: 'unknown' | 'closed' | 'full' };

/**
 * Opens a sitting: chooses the trials that this rater sees (least-filled first, or by what the votes so far leave
 * open where the design says so), orders them from the sitting's own
 * seed, and stores session and presentations in one transaction. The study is locked from then on. Sittings of one study
 * open one after another, so that 200 joins at once share the trials out evenly.
 *
 * A personal link whose sitting exists gives that sitting back: two tabs that consent at once end in one. So does a person
 * whom their service names, in whichever browser they come again. A link with a quota takes no more than that, counting
 * those who are done and those who were seen lately.
 */
export async function openSession(
  lab: Pick<Lab, 'db' | 'log'>,
  link: string,
  consent: { version: string; language?: Language; device: unknown; participant?: Participant | null }
): Promise<OpenedSession> {
  const found = await invitations.byToken(lab.db, link);
  if (!found || found.invitation.revokedAt !== null) return { ok: false, reason: 'unknown' };
  const { invitation } = found;
  const cookie = randomBytes(24).toString('base64url');

  const steer =
    found.study.design.assignment === 'active'
      ? await steerAssignment(lab, found.study.id, staleAfterMs(found.study.design))
      : null;

  return lab.db.transaction(async (tx) => {
    const study = await studies.lockRow(tx, found.study.id);
    if (!study || study.state !== 'open') return { ok: false as const, reason: 'closed' as const };
    if (invitation.kind === 'personal') {
      const existing = await ownSitting(tx, study, await sessions.byInvitation(tx, invitation.id));
      if (existing) return { ok: true as const, session: existing, cookie };
    }
    const person =
      consent.participant && invitation.recruitment
        ? `${invitation.recruitment.platform}:${consent.participant.id}`
        : null;
    if (person !== null) {
      const existing = await ownSitting(tx, study, await sessions.byParticipant(tx, study.id, person));
      if (existing) {
        await sessions.changeToken(tx, existing.id, tokenHash(cookie));
        return { ok: true as const, session: existing, cookie };
      }
    }
    if (
      invitation.quota !== null &&
      (await sessions.placesTaken(tx, invitation.id, staleAfterMs(study.design))) >= invitation.quota
    ) {
      return { ok: false as const, reason: 'full' as const };
    }
    const { design } = study;
    const ordinal = await sessions.nextOrdinal(tx, study.id, 'page');
    const seed = `${study.seed}/${study.designHash.slice(0, 16)}/page/${ordinal}`;
    const trials = await studies.trialsOf(tx, study.id);
    const training = trials.filter((trial) => trial.role === 'training');
    const checks = trials.filter((trial) => trial.role === 'gold' || trial.role === 'trap');
    let test = trials.filter((trial) => trial.role === 'test');
    if (design.trialsPerSession !== null && design.trialsPerSession < test.length) {
      const random = seededRandom(seed).fork('assignment');
      if (steer) {
        const chosen = new Set(steer(design.trialsPerSession, random));
        test = test.filter((trial) => chosen.has(trial.id));
      } else {
        const counts = await sessions.fillCounts(tx, study.id, staleAfterMs(design));
        const chosen = assignTrials(
          test.map((trial) => counts.get(trial.id) ?? 0),
          design.trialsPerSession,
          random
        );
        test = chosen.map((index) => test[index] as studies.StoredTrial);
      }
    }
    const shown = [...training, ...test, ...checks];
    const planned = orderSession({
      protocol: design.protocol,
      groupSize: design.groupSize,
      trials: shown.map((trial) => ({ role: trial.role as TrialRole, stimuli: trial.stimuli.map(String) })),
      studySeed: study.seed,
      sessionSeed: seed,
      sessionNumber: ordinal,
      bothOrders: design.bothOrders,
      repeats: design.hiddenRepeats
    });
    const observer = await observers.create(
      tx,
      invitation.simulated ? 'synthetic' : 'rater',
      invitation.simulated ? 'simulated rater #' : 'rater #'
    );
    const session = await sessions.open(
      tx,
      {
        studyId: study.id,
        observerId: observer.id,
        invitationId: invitation.id,
        door: 'page',
        ordinal,
        seed,
        tokenHash: tokenHash(cookie),
        consent: {
          version: consent.version,
          at: new Date().toISOString(),
          ...(consent.language === undefined ? {} : { language: consent.language })
        },
        device: consent.device ?? null,
        participant: person,
        recruited:
          person === null || !consent.participant
            ? null
            : { study: consent.participant.study, submission: consent.participant.submission }
      },
      planned.map((presentation) => ({
        trialId: (shown[presentation.trial] as studies.StoredTrial).id,
        position: presentation.position,
        pass: presentation.again ? 1 : 0,
        order: presentation.order
      }))
    );
    await studies.markStarted(tx, study.id);
    return { ok: true as const, session, cookie };
  });
}

/** The sitting that somebody has already; null where they had none, or begin anew for having been away. */
async function ownSitting(
  tx: Lab['db'],
  study: studies.Study,
  known: sessions.Session | null
): Promise<sessions.Session | null> {
  if (known === null) return null;
  const session = await afterAbsence(tx, study.design, known);
  return beginsAnew(study.design, session) ? null : session;
}
