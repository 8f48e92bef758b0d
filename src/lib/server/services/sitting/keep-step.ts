import * as v from 'valibot';
import { nextStep, type Question, type Step } from '#lib/domain/sitting-plan.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import type { Lab } from '../lab.ts';

/** What a check says of itself: a few short facts, so that a forged request cannot fill the disk. */
const Facts = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(40)),
    v.union([v.number(), v.boolean(), v.null(), v.pipe(v.string(), v.maxLength(500))])
  ),
  v.check((facts) => Object.keys(facts).length <= 20, 'too many facts')
);

/** Where a sitting stands outside its trials; null where nothing is left to do there. */
export function pendingStep(
  design: Pick<StudyDesign, 'sitting'>,
  session: Pick<sessions.Session, 'state' | 'evidence'>
): Step | null {
  if (session.state === 'active') return nextStep(design.sitting, session.evidence, 'before');
  return session.state === 'completed' ? nextStep(design.sitting, session.evidence, 'after') : null;
}

export function questionsOf(design: Pick<StudyDesign, 'sitting'>, step: Step): readonly Question[] {
  if (step === 'questions-before') return design.sitting?.before ?? [];
  return step === 'questions-after' ? (design.sitting?.after ?? []) : [];
}

/**
 * Keeps what a person answered at the step where they stand, once. A step that could not be done is kept as that: nobody is
 * refused for what a check says, the researcher reads it.
 *
 * @returns false when it is another step's, or no answer.
 */
export async function keepStep(
  lab: Pick<Lab, 'db'>,
  design: Pick<StudyDesign, 'sitting'>,
  session: Pick<sessions.Session, 'id' | 'state' | 'evidence'>,
  given: { step: unknown; skipped: boolean; answers: readonly string[]; value: unknown }
): Promise<boolean> {
  const step = pendingStep(design, session);
  if (step === null || given.step !== step) return false;
  const questions = questionsOf(design, step);
  let value: unknown;
  if (questions.length > 0) {
    value = questions.map((question, index) => ({
      question: question.text,
      answer: (given.answers[index] ?? '').slice(0, 2000)
    }));
  } else if (given.skipped) {
    value = { skipped: true };
  } else {
    const facts = v.safeParse(Facts, given.value);
    if (!facts.success) return false;
    value = facts.output;
  }
  await sessions.keepEvidence(lab.db, session.id, step, value);
  return true;
}

/** A number that an earlier check kept, for a later one. */
export function measured(
  session: Pick<sessions.Session, 'evidence'>,
  step: Step,
  name: string
): number | null {
  const value = session.evidence?.[step]?.value;
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}
