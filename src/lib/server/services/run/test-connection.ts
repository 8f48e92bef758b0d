import { parseJudgment, type Judgment } from '#lib/domain/judgments/parse.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { openAiProvider } from '#lib/server/providers/openai.ts';
import type { Provider, TransportFailure } from '#lib/server/providers/provider.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { checkEndpoint } from '../models/check-endpoint.ts';
import { apiKeyOf } from './api-key.ts';
import { loadParts } from './judge-presentation.ts';
import { createPictures } from './pictures.ts';
import { promptFor } from './plan-run.ts';
import { checkRunOptions } from './check-run-options.ts';
import type { RunOptions } from './start-run.ts';

export type ConnectionTest = {
  /** The trial's pictures as sent, in order. */
  pictures: { name: string; sha256: string }[];
  /** The text as sent. */
  text: string;
} & (
  | {
      ok: true;
      status: 200;
      reportedModel: string | null;
      /** The endpoint says that no model but a simulation answered. */
      simulated: boolean;
      said: string | null;
      finishReason: string | null;
      tokensIn: number | null;
      tokensOut: number | null;
      latencyMs: number;
      judgment: Judgment;
    }
  | { ok: false; status: number | null; kind: TransportFailure['kind']; message: string; advice: string }
);

/**
 * Sends a study's first trial to an endpoint, once, with the real pictures and the real prompt, and says what came back
 * and what would be read from it. Nothing is stored and nothing counts.
 *
 * @throws BadInput for options that could not start a run either.
 */
export async function testConnection(
  lab: Lab,
  options: RunOptions,
  givenProvider?: Provider
): Promise<ConnectionTest> {
  const study = await studyNamed(lab.db, options.study);
  checkRunOptions(lab, options);
  await checkEndpoint(lab.config, options.baseUrl);
  const { design } = study;
  const prompt = promptFor(study, options);
  const trials = await studies.trialsOf(lab.db, study.id);
  const trial = trials.find(({ role }) => role === 'test');
  if (!trial) throw new BadInput(`the study ${JSON.stringify(study.name)} has no trial to send`);
  const names = await datasets.namesIn(lab.db, study.datasetId);
  const idOf = (name: string | null) => (name === null ? null : (names.get(name)?.id ?? null));
  const parts = await loadParts(
    {
      prompt,
      trials: new Map([[trial.id, trial]]),
      exemplars: design.exemplars.map((exemplar) => ({
        stimulusId: idOf(exemplar.stimulusId) as number,
        referenceId: idOf(exemplar.referenceId)
      })),
      pictures: createPictures(lab, design.maxSidePx)
    },
    { trialId: trial.id, order: trial.stimuli.map((_, slot) => slot) }
  );
  const stimuli = new Map((await studies.stimuliIn(lab.db, study.id)).map((row) => [row.id, row]));
  const shown = [...(trial.referenceId === null ? [] : [trial.referenceId]), ...trial.stimuli];
  const sent = {
    pictures: shown.flatMap((id) => {
      const row = stimuli.get(id);
      return row ? [{ name: row.name, sha256: row.sha256 }] : [];
    }),
    text: prompt.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  };
  const provider =
    givenProvider ??
    openAiProvider({
      baseUrl: options.baseUrl,
      apiKey: await apiKeyOf(lab, options)
    });
  const result = await provider.complete({
    model: options.model,
    system: prompt.system,
    parts,
    temperature: options.temperature,
    topP: options.topP,
    maxTokens: options.maxTokens,
    seed: options.seed,
    reasoningEffort: options.reasoningEffort,
    imageDetail: options.imageDetail,
    readout: options.readout,
    jsonSchema:
      prompt.responseFormat.kind === 'json-schema'
        ? { name: prompt.responseFormat.name, schema: prompt.responseFormat.schema }
        : null,
    // Somebody is waiting in front of a page.
    timeoutMs: Math.min(options.timeoutMs, 60_000),
    signal: lab.stopping
  });
  if (!result.ok) {
    const { kind, status, message } = result.failure;
    return { ...sent, ok: false, status, kind, message, advice: adviceFor(result.failure, options) };
  }
  const { completion } = result;
  return {
    ...sent,
    ok: true,
    status: 200,
    reportedModel: completion.reportedModel,
    simulated: completion.simulated,
    said: completion.content ?? completion.refusal,
    finishReason: completion.finishReason,
    tokensIn: completion.tokensIn,
    tokensOut: completion.tokensOut,
    latencyMs: completion.latencyMs,
    judgment: parseJudgment({
      protocol: design.protocol,
      strategy: options.strategy,
      readout: options.readout,
      allowTies: design.allowTies,
      groupSize: design.groupSize,
      text: completion.content ?? '',
      refusal: completion.refusal,
      finishReason: completion.finishReason,
      logprobs: completion.logprobs
    })
  };
}

/** What one would do about it, in a sentence. */
function adviceFor({ kind, status }: TransportFailure, options: RunOptions): string {
  if (kind === 'connection') {
    return `Nothing answered at ${options.baseUrl}. Is the server running there, and reachable from where Limen runs?`;
  }
  if (kind === 'timeout')
    return 'Local models load at their first request: try once more, or raise the time-out.';
  if (kind === 'rate-limit') return 'The endpoint lives and asks to wait. Lower requests per minute.';
  if (status === 401 || status === 403) {
    if (options.apiKeyEnv === null && options.modelId !== null)
      return 'The stored key was not taken, or none is stored. Is it this endpoint’s?';
    return options.apiKeyEnv === null
      ? 'The endpoint wants a key: name the environment variable that holds it.'
      : `The key in ${options.apiKeyEnv} was not taken. Is it this endpoint's?`;
  }
  if (status !== null && status >= 300 && status < 400)
    return 'The endpoint sends requests on to another address, which Limen does not follow: give that one.';
  if (status === 402) return 'The account has no credit left.';
  if (status === 404)
    return 'Is the base URL complete (most end in /v1), and does the endpoint know this model?';
  if (status === 400 && options.readout !== 'text') {
    return 'Some endpoints know neither structured output nor token probabilities: try the readout text.';
  }
  if (kind === 'garbage') return 'Something answers there, but not as OpenAI’s chat completions do.';
  return 'What the endpoint said stands above; its own log may say more.';
}
