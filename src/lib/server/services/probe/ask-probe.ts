import { probeParts } from '#lib/domain/probes/probe.ts';
import * as models from '#lib/server/db/models.ts';
import * as probes from '#lib/server/db/probes.ts';
import { openAiProvider } from '#lib/server/providers/openai.ts';
import type { Provider, ProviderPart } from '#lib/server/providers/provider.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { apiKeyOf } from '../run/api-key.ts';
import { sleep } from '../run/sleep.ts';
import { shownBytes } from '../shown-image.ts';

/** Requests of one probe that are out at once. */
const AT_ONCE = 4;
const TRIES = 3;
const TIMEOUT_MS = 120_000;

/**
 * Asks what is noted and not answered yet of a probe. A transport failure is tried again a little; what then still fails
 * is kept as that. After a crash, what was not stored is asked again by whoever takes the probe up.
 */
export async function askProbe(lab: Lab, probeId: number, givenProvider?: Provider): Promise<void> {
  const probe = await probes.byId(lab.db, probeId);
  if (!probe) return;
  const waiting = (await probes.answersOf(lab.db, probeId)).filter(({ state }) => state === 'asked');
  const worker = async () => {
    for (;;) {
      const question = waiting.shift();
      if (!question || lab.stopping.aborted) return;
      try {
        await ask(lab, probe, question, givenProvider);
      } catch (error) {
        if (lab.stopping.aborted) return;
        lab.log.error({ err: error, probe: probe.name }, 'probe');
        const failure = `unexpected: ${error instanceof Error ? error.message : String(error)}`;
        await probes.settle(lab.db, question.id, { state: 'failed', failure });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function ask(
  lab: Lab,
  probe: probes.Probe,
  question: probes.ProbeAnswer,
  givenProvider: Provider | undefined
): Promise<void> {
  const { picture, apiKeyEnv } = question;
  let key: string | null;
  try {
    // A stored key goes to nobody but the endpoint that it was stored for.
    const modelId = await models.withStoredKey(lab.db, question);
    key = await apiKeyOf(lab, { apiKeyEnv, modelId });
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return probes.settle(lab.db, question.id, { state: 'failed', failure: error.message });
  }
  const shown = picture === null ? probe.pictures : probe.pictures.filter((_, place) => place === picture);
  const images = await Promise.all(shown.map(({ stimulusId }) => shownBytes(lab, stimulusId, null)));
  const parts = probeParts(probe.prompt, shown.length).map((part): ProviderPart => {
    if (part.type === 'text') return part;
    const image = images[part.picture];
    if (!image) throw new Error(`the prompt of the probe ${probe.name} asks for picture ${part.picture}`);
    return { type: 'image', ...image };
  });
  const provider = givenProvider ?? openAiProvider({ baseUrl: question.baseUrl, apiKey: key });
  for (let attempt = 1; ; attempt++) {
    const result = await provider.complete({
      model: question.model,
      system: null,
      parts,
      temperature: question.temperature,
      topP: null,
      maxTokens: question.maxTokens,
      seed: null,
      imageDetail: null,
      reasoningEffort: null,
      readout: 'text',
      jsonSchema: null,
      timeoutMs: TIMEOUT_MS,
      signal: lab.stopping
    });
    if (result.ok) {
      const { logprobs: _, ...said } = result.completion;
      await probes.settle(lab.db, question.id, {
        ...said,
        state: 'answered',
        imageSha256: images.map(({ sha256 }) => sha256)
      });
      return;
    }
    const { failure } = result;
    if (failure.kind === 'aborted') return;
    if (!failure.retriable || attempt >= TRIES) {
      await probes.settle(lab.db, question.id, { state: 'failed', failure: failure.message });
      return;
    }
    await sleep(failure.retryAfterMs ?? 500 * 2 ** (attempt - 1), lab.stopping);
  }
}
