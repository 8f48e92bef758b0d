import * as runs from '#lib/server/db/runs.ts';
import type { TransportFailure } from '#lib/server/providers/provider.ts';
import type { Lab } from '../lab.ts';

/** What a run had to do otherwise than it was asked to; each stands on the run once, and on its page. */
export const SCHEMA_REFUSED =
  'The endpoint refuses structured output: JSON is asked for in words, and what comes back is not enforced.';
export const SCHEMA_IGNORED =
  'The endpoint takes the schema and does not keep to it: an answer came that is no JSON object.';
export const NO_LOGPROBS = 'The endpoint sends no token probabilities: its answers cannot be read by them.';

export async function noteOn(lab: Pick<Lab, 'db'>, run: runs.Run, note: string): Promise<void> {
  if (run.notes.includes(note)) return;
  run.notes.push(note);
  await runs.addNote(lab.db, run.sessionId, note);
}

/** Whether an endpoint refused a request because of the answer's schema. */
export function lacksSchemas({ kind, status, message }: TransportFailure): boolean {
  return (
    kind === 'refused-request' &&
    (status === 400 || status === 422) &&
    /response_format|json_schema|structured|schema/i.test(message)
  );
}

export function lacksTokenProbabilities({ kind, status, message }: TransportFailure): boolean {
  return kind === 'refused-request' && (status === 400 || status === 422) && /log_?probs/i.test(message);
}
