import type { ComposedPrompt } from '#lib/domain/prompts/compose.ts';
import type { FailedOutcome } from '#lib/domain/response.ts';
import type { Strategy } from '#lib/domain/study.ts';
import * as runs from '#lib/server/db/runs.ts';
import type * as responses from '#lib/server/db/responses.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { BatchProvider } from '#lib/server/providers/batch-provider.ts';
import type {
  Provider,
  ProviderCompletion,
  ProviderPart,
  ProviderRequest,
  ProviderResult,
  TransportFailure
} from '#lib/server/providers/provider.ts';
import type { Lab } from '../lab.ts';
import { costOf, type Budget, type Usage } from './budget.ts';
import { EndpointDead, type Gate, type Ticket } from './endpoint-gate.ts';
import type { Pictures } from './pictures.ts';
import { fingerprintOf } from './question.ts';
import { readJudgment, type RawAnswer } from './read-judgment.ts';
import {
  lacksSchemas,
  lacksTokenProbabilities,
  noteOn,
  SCHEMA_IGNORED,
  SCHEMA_REFUSED,
  NO_LOGPROBS
} from './readout-notes.ts';
import { sleep } from './sleep.ts';

/** Each settles once its row is committed. */
export interface Keep {
  /** @returns the completion's id. */
  completion(row: runs.NewCompletion): Promise<number>;
  /** Once; false where the presentation has its response already. */
  response(row: responses.NewResponse): Promise<boolean>;
}

/** What every presentation of a run shares. */
export interface RunContext {
  lab: Pick<Lab, 'db' | 'log'>;
  run: runs.Run;
  study: Study;
  strategy: Strategy;
  prompt: ComposedPrompt;
  promptSha256: string;
  /** Each trial's stimuli by slot, and its reference. */
  trials: Map<number, { stimuli: number[]; referenceId: number | null }>;
  /** The demonstration's pictures, in its own order. */
  exemplars: { stimulusId: number; referenceId: number | null }[];
  /** Which stimulus is shown in place of which (the control of shuffled images); null: each in its own. */
  shownInstead: ReadonlyMap<number, number> | null;
  /** Earlier trials with the same stimuli, by trial. */
  sameBefore: ReadonlyMap<number, number>;
  /** Shared by all of the run's requests: whether the endpoint still enforces the answer's schema. */
  format: { enforced: boolean };
  /** Answers without an endpoint (the control of random answers). */
  answer: ((presentation: runs.Unanswered) => ProviderCompletion) | null;
  provider: Provider;
  /** Where the run asks by batches. */
  batches: BatchProvider | null;
  pictures: Pictures;
  /** Where answers go, those that arrive together in one statement. */
  keep: Keep;
  gate: Gate;
  budget: Budget;
  /** No further requests: the run is paused, capped or cancelled, or the process is to end. */
  softStop: AbortSignal;
  /** Aborts requests that are out: the process must end. */
  hardStop: AbortSignal;
}

export type Judged =
  /** `usage` null where an earlier completion was read again. */
  | { kind: 'answered'; simulated: boolean; usage: Usage | null }
  /** Transport failed for good; the presentation has its typed outcome. */
  | { kind: 'given-up' }
  /**
   * Nothing was stored: the endpoint refuses every request (key, model name), or the process is stopping; `unknown`
   * where a request was cut off that may be paid for.
   */
  | { kind: 'stopped'; reason: string | null; unknown: boolean }
  /** Nothing was stored: nothing answers there any more. */
  | { kind: 'dead'; reason: string };

/** Tries of one presentation. With the waits between them a request is given about half a minute of outage. */
export const MOST_TRIES = 7;
/** Beyond this age a presentation is given up even if tries are left, unless the endpoint itself asked to wait. */
const OLDEST_MS = 15 * 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/**
 * One presentation before a model: pictures by hash, prompt, request, **the raw completion stored first**, then parsed
 * into the same response table as people's answers, through the same insert.
 *
 * A transport failure is tried again, with growing waits and a random part, and as long as the endpoint says. An answer
 * that is a refusal, out of range, cut off or unreadable is kept as exactly that.
 */
export async function judgePresentation(
  context: RunContext,
  presentation: runs.Unanswered,
  random: () => number
): Promise<Judged> {
  const { lab } = context;
  if (presentation.completionId !== null) {
    // The process ended between completion and response: what was paid for is not asked again.
    const stored = await runs.completion(lab.db, presentation.completionId);
    if (stored) {
      await recordParsed(context, presentation, stored.id, {
        content: stored.content,
        refusal: stored.refusal,
        finishReason: stored.finishReason,
        logprobs: stored.logprobs as RawAnswer['logprobs'],
        latencyMs: stored.latencyMs
      });
      return { kind: 'answered', simulated: false, usage: null };
    }
  }
  const parts = await loadParts(context, presentation);
  if (context.answer !== null) {
    const completion = context.answer(presentation);
    await keepAnswer(context, presentation, parts, 1, completion, new Date());
    return { kind: 'answered', simulated: true, usage: null };
  }
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    let ticket: Ticket;
    try {
      ticket = await context.gate.enter(context.softStop);
    } catch (error) {
      if (error instanceof EndpointDead) return { kind: 'dead', reason: error.message };
      if (context.softStop.aborted) return { kind: 'stopped', reason: null, unknown: false };
      throw error;
    }
    const presentedAt = new Date();
    const result = await ask(context, parts);
    if (result.ok) {
      const { completion } = result;
      // Its place is free once the answer is stored: what a killed process pays twice is what may be out at once, no more.
      try {
        await keepAnswer(context, presentation, parts, attempt, completion, presentedAt);
      } finally {
        await ticket.settle(result);
      }
      return { kind: 'answered', simulated: completion.simulated, usage: completion };
    }
    await ticket.settle(result);
    const { failure } = result;
    if (failure.kind === 'aborted') return { kind: 'stopped', reason: null, unknown: true };
    await runs.addFailure(lab.db, {
      presentationId: presentation.id,
      status: failure.status,
      message: failure.message
    });
    // A trial request for a silent endpoint says nothing about this presentation.
    const lastWord =
      ticket.probe && failure.retriable
        ? 'retry'
        : verdict(failure, attempt, performance.now() - started, context.run.readout);
    if (lastWord === 'stop') return { kind: 'stopped', reason: failure.message, unknown: false };
    if (lastWord !== 'retry') {
      await context.keep.response({
        presentationId: presentation.id,
        outcome: lastWord,
        presentedAt,
        reason: `after ${attempt} ${attempt === 1 ? 'try' : 'tries'}: ${failure.message}`
      });
      return { kind: 'given-up' };
    }
    const wait = waitBefore(attempt, failure, random);
    // When the endpoint says how long, it says so to everybody.
    if (failure.retryAfterMs !== null) await context.gate.holdFor(wait);
    try {
      await sleep(wait, context.softStop);
    } catch {
      return { kind: 'stopped', reason: null, unknown: false };
    }
  }
}

/** Stores what came back, before anything is read from it. @returns the completion's id. */
export function storeCompletion(
  { keep, run, promptSha256 }: RunContext,
  presentationId: number,
  attempt: number,
  completion: ProviderCompletion,
  asked: { imageSha256: string[]; fingerprint: string | null }
): Promise<number> {
  const { reportedModel, content, refusal, finishReason, logprobs, tokensIn, tokensOut, latencyMs } =
    completion;
  return keep.completion({
    presentationId,
    attempt,
    promptSha256,
    reportedModel,
    content,
    refusal,
    finishReason,
    logprobs,
    tokensIn,
    tokensOut,
    cost: costOf(completion, run),
    latencyMs,
    ...asked
  });
}

/** The completion first, then what is read from it. */
async function keepAnswer(
  context: RunContext,
  presentation: runs.Unanswered,
  parts: readonly ProviderPart[],
  attempt: number,
  completion: ProviderCompletion,
  presentedAt: Date
): Promise<void> {
  const completionId = await storeCompletion(context, presentation.id, attempt, completion, {
    imageSha256: hashesOf(parts),
    fingerprint: context.answer === null ? questionOf(context, presentation, parts) : null
  });
  await recordParsed(context, presentation, completionId, completion, presentedAt);
}

export function hashesOf(parts: readonly ProviderPart[]): string[] {
  return parts.flatMap((part) => (part.type === 'image' ? [part.sha256] : []));
}

/** The fingerprint of what a presentation asks. */
export function questionOf(
  context: Pick<RunContext, 'run' | 'prompt' | 'sameBefore' | 'format'>,
  presentation: Pick<runs.Unanswered, 'trialId' | 'pass'>,
  parts: readonly ProviderPart[]
): string {
  const repeat = {
    pass: Math.floor(presentation.pass / (context.run.bothOrders ? 2 : 1)),
    sameBefore: context.sameBefore.get(presentation.trialId) ?? 0
  };
  return fingerprintOf(context.run, context.prompt, parts, repeat, context.format.enforced);
}

async function recordParsed(
  context: RunContext,
  presentation: runs.Unanswered,
  completionId: number,
  completion: RawAnswer & { latencyMs: number },
  presentedAt: Date | null = null
): Promise<void> {
  const { lab, run, study, strategy, format } = context;
  const judgment = readJudgment(study.design, strategy, run, completion);
  await context.keep.response({
    presentationId: presentation.id,
    ...judgment,
    responseTimeMs: completion.latencyMs,
    presentedAt,
    completionId
  });
  const said = completion.content?.trim() ?? '';
  if (said === '' || context.answer !== null) return;
  if (run.readout === 'logprobs' && completion.logprobs === null) await noteOn(lab, run, NO_LOGPROBS);
  if (
    run.readout === 'json' &&
    format.enforced &&
    completion.finishReason === 'stop' &&
    !said.startsWith('{')
  ) {
    await noteOn(lab, run, SCHEMA_IGNORED);
  }
}

/** The prompt with its pictures; every slot as this presentation orders it. */
export async function loadParts(
  context: Pick<RunContext, 'prompt' | 'trials' | 'exemplars' | 'pictures'> &
    Partial<Pick<RunContext, 'shownInstead'>>,
  presentation: Pick<runs.Unanswered, 'trialId' | 'order'>
): Promise<ProviderPart[]> {
  const trial = context.trials.get(presentation.trialId);
  if (!trial) throw new Error(`trial ${presentation.trialId} is not of this study`);
  const parts: ProviderPart[] = [];
  for (const part of context.prompt.parts) {
    if (part.type === 'text') {
      parts.push(part);
      continue;
    }
    const { kind, index } = part.slot;
    let stimulusId: number | null | undefined;
    if (kind === 'test') stimulusId = trial.stimuli[presentation.order[index] as number];
    else if (kind === 'reference') stimulusId = trial.referenceId;
    else if (kind === 'exemplar') stimulusId = context.exemplars[index]?.stimulusId;
    else stimulusId = context.exemplars[index]?.referenceId;
    if (stimulusId == null)
      throw new Error(`the prompt asks for ${kind} ${index}, which trial ${presentation.trialId} lacks`);
    if (kind === 'test') stimulusId = context.shownInstead?.get(stimulusId) ?? stimulusId;
    parts.push({ type: 'image', ...(await context.pictures.get(stimulusId)) });
  }
  return parts;
}

async function ask(context: RunContext, parts: ProviderPart[]): Promise<ProviderResult> {
  const { format, lab, run, provider } = context;
  const enforced = format.enforced;
  const result = await provider.complete(requestOf(context, parts));
  if (result.ok || run.readout !== 'json' || !lacksSchemas(result.failure)) return result;
  if (enforced) {
    // The prompt asks for JSON in words too: without the schema it is the same question, only not enforced.
    format.enforced = false;
    await noteOn(lab, run, SCHEMA_REFUSED);
  }
  return enforced ? provider.complete(requestOf(context, parts)) : result;
}

/** A presentation's request, as it goes to an endpoint. */
export function requestOf(
  { run, prompt, format, hardStop }: Pick<RunContext, 'run' | 'prompt' | 'format' | 'hardStop'>,
  parts: ProviderPart[]
): ProviderRequest {
  return {
    model: run.model,
    system: prompt.system,
    parts,
    temperature: run.decoding.temperature,
    topP: run.decoding.topP ?? null,
    maxTokens: run.decoding.maxTokens,
    seed: run.decoding.seed ?? null,
    reasoningEffort: run.decoding.reasoningEffort ?? null,
    imageDetail: run.imageDetail,
    readout: run.readout as 'text',
    jsonSchema:
      format.enforced && prompt.responseFormat.kind === 'json-schema'
        ? { name: prompt.responseFormat.name, schema: prompt.responseFormat.schema }
        : null,
    timeoutMs: run.timeoutMs,
    signal: hardStop
  };
}

/** What a failure means: try again, an outcome of its own, or that the whole run must stop. */
export function verdict(
  failure: TransportFailure,
  attempt: number,
  ageMs: number,
  readout: string
): 'retry' | 'stop' | FailedOutcome {
  if (failure.kind === 'refused-request') {
    if (/content.?(policy|filter)|safety|moderation/i.test(failure.message)) return 'content-filtered';
    if (readout === 'logprobs' && lacksTokenProbabilities(failure)) return 'stop';
    // A wrong key or model name is wrong for every presentation: none of them should carry the blame.
    return [401, 402, 403, 404, 405].includes(failure.status ?? 0) ? 'stop' : 'provider-error';
  }
  const asked = failure.retryAfterMs !== null;
  const tooOften = attempt >= (asked ? 3 * MOST_TRIES : MOST_TRIES);
  if (failure.retriable && !tooOften && (asked || ageMs < OLDEST_MS)) return 'retry';
  return failure.kind === 'timeout' ? 'timeout' : 'provider-error';
}

/** Doubling, with a random part so that many requests do not come back at once; never less than was asked for. */
export function waitBefore(attempt: number, failure: TransportFailure, random: () => number): number {
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  const jittered = grown * (0.5 + 0.5 * random());
  return failure.retryAfterMs === null ? jittered : failure.retryAfterMs + 0.1 * jittered;
}
