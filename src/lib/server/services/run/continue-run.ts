import { createHash } from 'node:crypto';
import { composePrompt } from '#lib/domain/prompts/compose.ts';
import type { Strategy } from '#lib/domain/study.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as studies from '#lib/server/db/studies.ts';
import { openAiProvider } from '#lib/server/providers/openai.ts';
import type { Provider } from '#lib/server/providers/provider.ts';
import type { Lab } from '../lab.ts';
import { answerAtRandom } from './answer-at-random.ts';
import { apiKey } from './api-key.ts';
import { createBudget } from './budget.ts';
import { judgePresentation, type RunContext } from './judge-presentation.ts';
import { createPace, sleep } from './pace.ts';
import { createPictures } from './pictures.ts';
import { sameTrialsBefore } from './question.ts';
import { replayCompletion } from './replay-completion.ts';
import { SCHEMA_REFUSED } from './readout-notes.ts';

const LEASE_RENEWAL_MS = 2000;
/** Requests that are out when the process is told to stop get this long to come home. */
const GRACE_MS = 2500;
const CHUNK = 500;

/**
 * Works on a run until it is complete, paused, cancelled, capped or failed, or this process is told to stop. At any
 * time one process works on a run (a lease in the database, renewed every few seconds; one that dies loses it); what is
 * left to do is read from the rows, so after a kill -9 nothing is missing, nothing is double, and at most the requests that
 * were out are paid for twice.
 *
 * @returns the state in which the run was left; null when another process has it.
 */
export async function continueRun(
  lab: Lab,
  sessionId: number,
  options: { provider?: Provider; onAnswer?: () => void } = {}
): Promise<runs.RunState | null> {
  const owner = `${lab.processId}/${sessionId}`;
  if (!(await runs.takeLease(lab.db, sessionId, owner))) return null;
  const soft = new AbortController();
  const hard = new AbortController();
  let state: runs.RunState = 'running';
  const stopSoon = () => {
    soft.abort();
    setTimeout(() => hard.abort(), GRACE_MS).unref();
  };
  lab.stopping.addEventListener('abort', stopSoon, { once: true });
  if (lab.stopping.aborted) stopSoon();
  const renewal = setInterval(() => {
    runs
      .renewLease(lab.db, sessionId, owner)
      .then((now) => {
        if (now === 'running') return;
        // Paused or cancelled by somebody, or taken by another process while this one slept.
        soft.abort();
        if (now === null) hard.abort();
      })
      .catch((error: unknown) => lab.log.error({ err: error, sessionId }, 'lease'));
  }, LEASE_RENEWAL_MS);

  const end = async (to: runs.RunState, reason: string | null) => {
    if (await runs.transition(lab.db, sessionId, ['running'], to, reason)) state = to;
  };
  try {
    const context = await prepare(lab, sessionId, hard.signal, options.provider);
    if ('problem' in context) {
      await end('failed', context.problem);
    } else {
      const stop = await work(lab, context, soft, options.onAnswer ?? (() => {}));
      if (stop.kind === 'complete') {
        await sessions.completeIfDone(lab.db, sessionId);
        await end('completed', null);
      } else if (stop.kind === 'capped') {
        await end('capped', stop.reason);
      } else if (stop.kind === 'failed') {
        await end('failed', stop.reason);
      }
    }
  } catch (error) {
    lab.log.error({ err: error, sessionId }, 'run');
    await end('failed', `unexpected: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearInterval(renewal);
    lab.stopping.removeEventListener('abort', stopSoon);
    await runs.releaseLease(lab.db, sessionId, owner);
  }
  if (state === 'running') state = ((await runs.byId(lab.db, sessionId))?.state as runs.RunState) ?? state;
  return state;
}

async function prepare(
  lab: Lab,
  sessionId: number,
  hardStop: AbortSignal,
  givenProvider: Provider | undefined
): Promise<RunContext | { problem: string }> {
  const run = await runs.byId(lab.db, sessionId);
  const session = await sessions.byId(lab.db, sessionId);
  const study = session && (await studies.byId(lab.db, session.studyId));
  if (!run || !session || !study) throw new Error(`session ${sessionId} is no run`);
  let key: string | null = null;
  if (run.apiKeyEnv !== null) {
    key = apiKey(lab, run.apiKeyEnv);
    if (key === null || key === '') {
      return { problem: `the environment variable ${run.apiKeyEnv} is not set where this runs` };
    }
  }
  const { design } = study;
  const prompt = composePrompt({
    protocol: design.protocol,
    strategy: session.strategy as Strategy,
    scenario: design.scenario,
    readout: run.readout as 'text',
    design
  });
  const parts = JSON.stringify(prompt.parts);
  const promptSha256 = createHash('sha256')
    .update(`${prompt.promptId}\n${prompt.promptVersion}\n${parts}`)
    .digest('hex');
  await runs.keepPromptText(lab.db, {
    sha256: promptSha256,
    promptId: prompt.promptId,
    promptVersion: prompt.promptVersion,
    parts: prompt.parts
  });
  const trials = await studies.trialsOf(lab.db, study.id);
  const names = await datasets.namesIn(lab.db, study.datasetId);
  const idOf = (name: string | null) => (name === null ? null : (names.get(name)?.id ?? null));
  const spent = await runs.spent(lab.db, sessionId);
  const texts = prompt.parts.flatMap((part) => (part.type === 'text' ? [part.text.length] : []));
  return {
    lab,
    run,
    study,
    strategy: session.strategy as Strategy,
    prompt,
    promptSha256,
    trials: new Map(trials.map((trial) => [trial.id, trial])),
    sameBefore: sameTrialsBefore(trials),
    exemplars: design.exemplars.map((exemplar) => ({
      stimulusId: idOf(exemplar.stimulusId) as number,
      referenceId: idOf(exemplar.referenceId)
    })),
    shownInstead:
      run.shownInstead === null
        ? null
        : new Map(Object.entries(run.shownInstead).map(([judged, shown]) => [Number(judged), shown])),
    format: { enforced: !run.notes.includes(SCHEMA_REFUSED) },
    answer:
      run.control === 'random-answers'
        ? ({ position }) => answerAtRandom(design, session.strategy as Strategy, session.seed, position)
        : null,
    provider: givenProvider ?? openAiProvider({ baseUrl: run.baseUrl, apiKey: key }),
    pictures: createPictures(lab, design.maxSidePx),
    pace: createPace(run.requestsPerMinute),
    budget: createBudget({
      maxCost: run.maxCost,
      prices: run,
      spent,
      request: {
        characters: texts.reduce((sum, length) => sum + length, 0),
        pictures: prompt.parts.length - texts.length
      },
      maxTokens: run.decoding.maxTokens
    }),
    hardStop
  };
}

type Stop =
  | { kind: 'complete' | 'interrupted' }
  | { kind: 'capped'; reason: string }
  | { kind: 'failed'; reason: string };

/** A fixed number of workers that take presentations in order. Memory does not grow with their number. */
async function work(
  lab: Lab,
  context: RunContext,
  soft: AbortController,
  onAnswer: () => void
): Promise<Stop> {
  const { run } = context;
  let stop: Stop | null = null;
  let givenUpInARow = 0;
  const patience = Math.max(12, 2 * run.concurrency);
  let labelled = false;

  let queue: runs.Unanswered[] = [];
  let position = -1;
  let exhausted = false;
  let filling: Promise<void> | null = null;
  const next = async (): Promise<runs.Unanswered | null> => {
    while (queue.length === 0 && !exhausted) {
      filling ??= runs.unanswered(lab.db, run.sessionId, position, CHUNK).then((rows) => {
        queue = rows;
        position = rows.at(-1)?.position ?? position;
        exhausted = rows.length < CHUNK;
        filling = null;
      });
      await filling;
    }
    return queue.shift() ?? null;
  };
  const halt = (reason: Stop) => {
    stop ??= reason;
    soft.abort();
  };

  const worker = async (): Promise<void> => {
    while (!soft.signal.aborted) {
      const presentation = await next();
      if (presentation === null) return;
      presentation.completionId ??= await replayCompletion(context, presentation);
      // What was stored before a crash, or is repeated, costs nothing to read.
      const paid = presentation.completionId !== null;
      if (!paid && !(await reserve(context, soft.signal, halt))) return;
      const before = context.budget;
      let usage: { tokensIn: number | null; tokensOut: number | null } | null = null;
      try {
        const judged = await judgePresentation(
          {
            ...context,
            provider: {
              complete: async (request) => {
                const result = await context.provider.complete(request);
                if (result.ok) usage = result.completion;
                return result;
              }
            }
          },
          presentation,
          Math.random
        );
        if (judged.kind === 'stopped') {
          if (judged.reason !== null) halt({ kind: 'failed', reason: judged.reason });
          return;
        }
        if (judged.kind === 'answered' && judged.simulated && !labelled) {
          labelled = true;
          const session = await sessions.byId(lab.db, run.sessionId);
          if (session) await sessions.setObserverKind(lab.db, session.observerId, 'synthetic');
        }
        givenUpInARow = judged.kind === 'given-up' ? givenUpInARow + 1 : 0;
        onAnswer();
        if (givenUpInARow >= patience) {
          halt({
            kind: 'failed',
            reason: `the endpoint failed ${givenUpInARow} presentations in a row; go on with resume once it answers again`
          });
        }
      } finally {
        if (!paid) before.settle(usage);
      }
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, worker));
  if (stop !== null) return stop;
  return soft.signal.aborted ? { kind: 'interrupted' } : { kind: 'complete' };
}

/** Waits for room under the cap; false when there is none or the run is stopping. */
async function reserve(
  context: RunContext,
  signal: AbortSignal,
  halt: (stop: Stop) => void
): Promise<boolean> {
  for (;;) {
    const answer = context.budget.reserve();
    if (answer === 'ok') return true;
    if (answer === 'capped') {
      halt({
        kind: 'capped',
        reason: `the cap of ${context.run.maxCost} US dollars leaves no room for another request`
      });
      return false;
    }
    try {
      await sleep(20, signal);
    } catch {
      return false;
    }
  }
}
