import { NO_ENDPOINT, RANDOM_ANSWERS_MODEL } from '#lib/domain/controls/control.ts';
import { derange } from '#lib/domain/controls/derange.ts';
import { seededRandom } from '#lib/stats/random.ts';
import type { StoredTrial } from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { RunOptions } from './start-run.ts';

/** A run of random answers has no model and no endpoint: whatever the options say of one does not count. */
export function withControl(options: RunOptions): RunOptions {
  if (options.control !== 'random-answers') return options;
  return {
    ...options,
    model: RANDOM_ANSWERS_MODEL,
    baseUrl: NO_ENDPOINT,
    apiKeyEnv: null,
    strategy: 'standard',
    readout: 'text',
    massThreshold: null,
    modelId: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    temperature: null,
    topP: null,
    maxTokens: null,
    seed: null,
    reasoningEffort: null,
    imageDetail: null,
    maxCost: null,
    maxTotalTokens: null,
    budgetId: null,
    priceIn: null,
    priceOut: null,
    replay: false,
    batch: false
  };
}

/**
 * Which stimulus stands in for which under the control of shuffled images: over all judged stimuli, in full-reference
 * studies within each reference. Seeded by the session, recorded with the run.
 *
 * @throws BadInput where a stimulus has no other to change places with.
 */
export function shuffledImages(trials: readonly StoredTrial[], seed: string): Record<string, number> {
  const judged = new Map<number, number>();
  for (const { stimuli, referenceId } of trials) {
    for (const id of stimuli) judged.set(id, referenceId ?? 0);
  }
  const stimuli = [...judged].map(([id, pool]) => ({ id, pool })).sort((a, b) => a.id - b.id);
  try {
    return Object.fromEntries(derange(stimuli, seededRandom(`${seed}/shuffled images`)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadInput(
      'shuffled images need at least two judged stimuli (in full-reference studies: of every reference)'
    );
  }
}
