import { createHash } from 'node:crypto';
import {
  choiceProblems,
  choicesIn,
  decidedAfter,
  registrationText,
  type AnalysisChoices,
  type Later
} from '#lib/domain/registration/registration.ts';
import * as registrations from '#lib/server/db/registrations.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from './lab.ts';
import { projectVersion } from './project-file.ts';

/** What is decided where nothing else is said: what the analyses do of themselves. */
export const USUAL_CHOICES: AnalysisChoices = {
  primaryFigure: 'srcc',
  against: 'mos',
  replicates: 1000,
  seed: 1,
  people: null,
  models: [],
  notes: ''
};

export interface RegistrationState {
  registration: {
    sha256: string;
    text: string;
    by: string;
    /** ISO 8601. */
    at: string;
    choices: AnalysisChoices;
    later: Later[];
  } | null;
  /** The first look at anything made from what people answered; null while there was none. */
  unblinded: { at: string; by: string | null; what: string } | null;
}

/**
 * Freezes a study's design, rules of exclusion and analysis under a hash, before anybody has looked at what its people
 * answered.
 *
 * @throws BadInput when somebody has looked, when there is a registration, or naming the choice that cannot be.
 */
export async function preregister(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  given: Partial<AnalysisChoices>,
  by: string
): Promise<{ sha256: string; text: string }> {
  const choices = { ...USUAL_CHOICES, ...given };
  const problems = choiceProblems(choices);
  if (problems.length > 0) throw new BadInput(problems.join('; '));
  const address = JSON.stringify(studies.addressOf(study));
  const software = projectVersion();
  const { name, version, designHash, design } = study;
  const text = registrationText({ study: name, version, designHash, design, choices, software });
  const sha256 = createHash('sha256').update(text).digest('hex');
  return lab.db.transaction(async (tx) => {
    const look = await registrations.unblindingOf(tx, study.id);
    if (look !== null) {
      throw new BadInput(
        `results of ${address} were looked at on ${look.at.toISOString()} (${look.what}): what is decided now is no pre-registration`
      );
    }
    const there = await registrations.ofStudy(tx, study.id);
    if (there !== null)
      throw new BadInput(
        `${address} was pre-registered on ${there.registeredAt.toISOString()}, and that stands`
      );
    if (!(await registrations.insert(tx, { studyId: study.id, sha256, text, registeredBy: by })))
      throw new BadInput(`${address} was pre-registered just now, and that stands`);
    return { sha256, text };
  });
}

/** Studies of which this process knows that a look was kept: most looks are not the first. */
const looked = new WeakMap<object, Set<number>>();

/** To be called before anything made from what a study's people answered is handed out. Only the first look is kept. */
export async function keepLook(
  lab: Pick<Lab, 'db'>,
  study: Pick<studies.Study, 'id'>,
  what: string,
  by: string | null = null
): Promise<void> {
  let known = looked.get(lab.db);
  if (!known) looked.set(lab.db, (known = new Set()));
  if (known.has(study.id)) return;
  if ((await registrations.keepLook(lab.db, study.id, { by, what })) || (await wasLookedAt(lab, study)))
    known.add(study.id);
}

async function wasLookedAt(lab: Pick<Lab, 'db'>, study: Pick<studies.Study, 'id'>): Promise<boolean> {
  return (await registrations.unblindingOf(lab.db, study.id)) !== null;
}

/** The hash alone, for every page of a study. */
export async function registeredAs(
  lab: Pick<Lab, 'db'>,
  study: Pick<studies.Study, 'id'>
): Promise<{ sha256: string; at: Date } | null> {
  const found = await registrations.ofStudy(lab.db, study.id);
  return found === null ? null : { sha256: found.sha256, at: found.registeredAt };
}

/** A study's registration with everything that was decided after it. */
export async function registrationState(
  lab: Pick<Lab, 'db'>,
  study: studies.Study
): Promise<RegistrationState> {
  const { db } = lab;
  const [found, look] = await Promise.all([
    registrations.ofStudy(db, study.id),
    registrations.unblindingOf(db, study.id)
  ]);
  const unblinded = look && { at: look.at.toISOString(), by: look.by, what: look.what };
  const choices = found && choicesIn(found.text);
  if (found === null || choices === null) return { registration: null, unblinded };
  const [happened, versions] = await Promise.all([
    registrations.happened(db, study.id),
    studies.versionsOf(db, study.name)
  ]);
  const instant = (at: string | Date) => new Date(at).toISOString();
  const rule = (one: studies.Study) =>
    JSON.stringify([one.design.sitting?.usable ?? null, one.design.sitting?.attention ?? null]);
  const later = decidedAfter({
    registeredAt: found.registeredAt.toISOString(),
    unblindedAt: unblinded?.at ?? null,
    choices,
    softwareThen: String((JSON.parse(found.text) as { software?: unknown }).software),
    softwareNow: projectVersion(),
    runs: happened.runs.map((run) => ({ ...run, startedAt: instant(run.startedAt) })),
    people: {
      completed: happened.sittings.filter(({ state }) => state === 'completed').length,
      startedAfterLook: happened.sittings
        .map(({ startedAt }) => instant(startedAt))
        .filter((at) => unblinded !== null && at > unblinded.at)
    },
    withdrawn: happened.withdrawn.map((one) => ({ ...one, at: one.at === null ? null : instant(one.at) })),
    imports: happened.imports.map(({ file, at }) => ({ file, at: instant(at) })),
    versions: versions
      .filter(({ version }) => version > study.version)
      .map((one) => ({
        address: studies.addressOf(one),
        at: one.createdAt.toISOString(),
        rule: rule(one) === rule(study) ? ('same' as const) : ('another' as const)
      }))
  });
  return {
    registration: {
      sha256: found.sha256,
      text: found.text,
      by: found.registeredBy,
      at: found.registeredAt.toISOString(),
      choices,
      later
    },
    unblinded
  };
}
