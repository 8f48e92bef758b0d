import { createHash } from 'node:crypto';
import type { ComposedPrompt } from '#lib/domain/prompts/compose.ts';
import type { Run } from '#lib/server/db/runs.ts';
import type { ProviderPart } from '#lib/server/providers/provider.ts';

/**
 * Which time of asking the same this is: the pass of the run (its repeat), and how many earlier trials of the study show
 * the very same stimuli (a repeated trial wants an answer of its own).
 */
export interface Repeat {
  pass: number;
  sameBefore: number;
}

/**
 * A name for a question: two are the same, and may share an answer, when endpoint, model, parameters, words, pictures
 * (by the hashes of the bytes sent) and repeat are. SHA-256 of their JSON.
 *
 * @param enforced whether the endpoint was asked to enforce the answer's schema.
 */
export function fingerprintOf(
  run: Pick<Run, 'baseUrl' | 'model' | 'decoding' | 'imageDetail' | 'readout'>,
  prompt: Pick<ComposedPrompt, 'system' | 'responseFormat'>,
  parts: readonly ProviderPart[],
  repeat: Repeat,
  enforced: boolean
): string {
  const { temperature, topP = null, maxTokens, seed = null, reasoningEffort = null } = run.decoding;
  const question = {
    baseUrl: run.baseUrl,
    model: run.model,
    parameters: [
      ...[temperature, topP, maxTokens, seed, run.imageDetail, run.readout === 'logprobs'],
      ...(reasoningEffort === null ? [] : [reasoningEffort])
    ],
    schema: enforced && prompt.responseFormat.kind === 'json-schema' ? prompt.responseFormat.schema : null,
    system: prompt.system,
    parts: parts.map((part) => (part.type === 'text' ? part.text : { sha256: part.sha256 })),
    repeat: [repeat.pass, repeat.sameBefore]
  };
  return createHash('sha256').update(JSON.stringify(question)).digest('hex');
}

/** How many trials before each one show the same stimuli against the same reference, by trial id. */
export function sameTrialsBefore(
  trials: readonly { id: number; stimuli: readonly number[]; referenceId: number | null }[]
): Map<number, number> {
  const seen = new Map<string, number>();
  return new Map(
    trials.map(({ id, stimuli, referenceId }) => {
      const key = `${referenceId}/${[...stimuli].sort((a, b) => a - b).join()}`;
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      return [id, before];
    })
  );
}
