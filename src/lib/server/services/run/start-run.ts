import { paidPrices } from '#lib/domain/run-estimate.ts';
import { controlName, type Control } from '#lib/domain/controls/control.ts';
import { modelObserverName, type Readout } from '#lib/domain/observer.ts';
import { orderSession } from '#lib/domain/planning/order-session.ts';
import { promptProblem } from '#lib/domain/prompts/compose.ts';
import type { Strategy } from '#lib/domain/study.ts';
import type { TrialRole } from '#lib/domain/trial.ts';
import * as budgets from '#lib/server/db/budgets.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as observers from '#lib/server/db/observers.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { checkEndpoint } from '../models/check-endpoint.ts';
import { checkRunOptions } from './check-run-options.ts';
import { shuffledImages, withControl } from './control-options.ts';
import { setCap } from './control-run.ts';

export interface RunOptions {
  study: string;
  /** The registered model whose key is used; null where only an environment variable is named. */
  modelId: number | null;
  model: string;
  baseUrl: string;
  strategy: Strategy;
  /** The name of the environment variable that holds the key; null for endpoints that take none. */
  apiKeyEnv: string | null;
  readout: Readout;
  /** For `logprobs`: below this captured mass there is no answer; null is the parser's own threshold. */
  massThreshold: number | null;
  /** A run that must find nothing, instead of one that is meant to. */
  control: Control | null;
  /** Whether questions that were asked before are answered from their stored completions. */
  replay: boolean;
  /** Whether it asks by the endpoint's Batch API: for less, within a day. */
  batch: boolean;
  concurrency: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  seed: number | null;
  /** In the endpoint's own words; null sends none. */
  reasoningEffort: string | null;
  imageDetail: string | null;
  repeats: number;
  bothOrders: boolean;
  timeoutMs: number;
  /** The cap in US dollars. */
  maxCost: number | null;
  /** The cap in tokens, in and out together. */
  maxTotalTokens: number | null;
  /** A cap that others share, instead of one of its own. */
  budgetId: number | null;
  priceIn: number | null;
  priceOut: number | null;
  /** Of batches, where they are no half of the others. */
  batchPriceIn?: number | null;
  batchPriceOut?: number | null;
  /** Go on with the run of this same configuration, if there is one. */
  resume: boolean;
}

export const RUN_DEFAULTS = {
  modelId: null,
  apiKeyEnv: null,
  readout: 'text' as Readout,
  massThreshold: null,
  control: null,
  replay: false,
  batch: false,
  concurrency: 8,
  requestsPerMinute: null,
  tokensPerMinute: null,
  temperature: null,
  topP: null,
  maxTokens: null,
  seed: null,
  reasoningEffort: null,
  imageDetail: null,
  repeats: 1,
  bothOrders: false,
  timeoutMs: 120_000,
  maxCost: null,
  maxTotalTokens: null,
  budgetId: null,
  priceIn: null,
  priceOut: null,
  resume: false
};

export interface StartedRun {
  sessionId: number;
  observer: string;
  /** Whether an earlier run goes on. */
  resumed: boolean;
  /** Whether there is nothing left to ask. */
  complete: boolean;
}

/**
 * Opens a model's session over the study's own trials (its run), or finds the one to go on with. Nothing is asked yet:
 * that is `continueRun`'s work, in whichever process takes the run up.
 *
 * @throws BadInput naming what is wrong; nothing is stored then.
 */
export async function startRun(
  lab: Pick<Lab, 'db' | 'transientKeys' | 'config'>,
  asked: RunOptions
): Promise<StartedRun> {
  const options = withControl(asked);
  const study = await studyNamed(lab.db, options.study);
  checkRunOptions(lab, options);
  if (options.control !== 'random-answers') await checkEndpoint(lab.config, options.baseUrl);
  const problem = promptProblem({
    protocol: study.design.protocol,
    strategy: options.strategy,
    scenario: study.design.scenario,
    readout: options.readout,
    design: study.design
  });
  if (problem !== null) throw new BadInput(problem);

  const earlier = (await runs.ofStudy(lab.db, study.id)).filter((run) => sameConfiguration(run, options));
  const last = earlier.at(-1);
  if (last && options.resume) {
    const complete = last.state === 'completed';
    if (last.state === 'cancelled') {
      throw new Conflict('that run was cancelled; start a new one without --resume');
    }
    if (!complete) {
      await setCap(lab.db, last, options);
      const paid = paidPrices(options, options.batch);
      await runs.change(lab.db, last.sessionId, {
        modelId: options.modelId,
        apiKeyEnv: options.apiKeyEnv,
        concurrency: options.concurrency,
        requestsPerMinute: options.requestsPerMinute,
        tokensPerMinute: options.tokensPerMinute,
        timeoutMs: options.timeoutMs,
        // A price that is not said again is what it was: a cap in money would lose its hold.
        priceIn: paid.priceIn ?? last.priceIn,
        priceOut: paid.priceOut ?? last.priceOut
      });
      await runs.transition(lab.db, last.sessionId, ['paused', 'capped', 'failed'], 'queued', null);
    }
    return { sessionId: last.sessionId, observer: last.observer, resumed: true, complete };
  }
  if (last && !['completed', 'cancelled'].includes(last.state)) {
    throw new Conflict(
      `${last.observer} has a run on ${JSON.stringify(studies.addressOf(study))} that is ${last.state}; go on with --resume`
    );
  }
  if (study.state !== 'open') throw new Conflict(`the study ${JSON.stringify(study.name)} is closed`);
  return lab.db.transaction((tx) => open(tx, study.id, options, earlier.length));
}

async function open(
  tx: Parameters<typeof studies.lockRow>[0],
  studyId: number,
  options: RunOptions,
  earlier: number
): Promise<StartedRun> {
  const study = (await studies.lockRow(tx, studyId)) as studies.Study;
  const { design } = study;
  const ordinal = await sessions.nextOrdinal(tx, study.id, 'model');
  const seed = `${study.seed}/${study.designHash.slice(0, 16)}/model/${ordinal}`;
  // People's training trials are the model's demonstration: it is shown them, not asked.
  const trials = (await studies.trialsOf(tx, study.id)).filter((trial) => trial.role === 'test');
  const planned = orderSession({
    protocol: design.protocol,
    groupSize: design.groupSize,
    trials: trials.map((trial) => ({ role: trial.role as TrialRole, stimuli: trial.stimuli.map(String) })),
    studySeed: study.seed,
    sessionSeed: seed,
    sessionNumber: ordinal,
    bothOrders: options.bothOrders
  });
  const passes = options.bothOrders ? 2 : 1;
  const presentations: sessions.NewPresentation[] = [];
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    for (const presentation of planned) {
      presentations.push({
        trialId: (trials[presentation.trial] as studies.StoredTrial).id,
        position: repeat * planned.length + presentation.position,
        pass: repeat * passes + (presentation.again ? 1 : 0),
        order: presentation.order
      });
    }
  }
  const name = observerName(options) + (earlier === 0 ? '' : ` · run ${earlier + 1}`);
  const observer = await observers.findOrCreate(
    tx,
    options.control === 'random-answers' ? 'synthetic' : 'model',
    name
  );
  const session = await sessions.open(
    tx,
    {
      studyId: study.id,
      observerId: observer.id,
      door: 'model',
      ordinal,
      seed,
      strategy: options.strategy
    },
    presentations
  );
  const capped = options.maxCost !== null || options.maxTotalTokens !== null;
  await runs.create(tx, {
    sessionId: session.id,
    budgetId:
      options.budgetId ??
      (capped
        ? await budgets.create(tx, { maxCost: options.maxCost, maxTokens: options.maxTotalTokens })
        : null),
    modelId: options.modelId,
    model: options.model,
    baseUrl: options.baseUrl,
    apiKeyEnv: options.apiKeyEnv,
    readout: options.readout,
    massThreshold: options.massThreshold,
    control: options.control,
    shownInstead: options.control === 'shuffled-images' ? shuffledImages(trials, seed) : null,
    replay: options.replay,
    batch: options.batch,
    decoding: {
      temperature: options.temperature,
      topP: options.topP,
      maxTokens: options.maxTokens,
      seed: options.seed,
      reasoningEffort: options.reasoningEffort
    },
    imageDetail: options.imageDetail,
    repeats: options.repeats,
    bothOrders: options.bothOrders,
    concurrency: options.concurrency,
    requestsPerMinute: options.requestsPerMinute,
    tokensPerMinute: options.tokensPerMinute,
    timeoutMs: options.timeoutMs,
    ...paidPrices(options, options.batch),
    state: 'queued'
  });
  await studies.markStarted(tx, study.id);
  return { sessionId: session.id, observer: observer.name, resumed: false, complete: false };
}

/** Model, strategy and whatever else makes this another observer. */
export function observerName(options: RunOptions): string {
  const random = options.control === 'random-answers';
  const parts = [random ? controlName('random-answers') : modelObserverName(options)];
  if (options.temperature !== null) parts.push(`T ${options.temperature}`);
  if (options.topP !== null) parts.push(`top p ${options.topP}`);
  if (options.maxTokens !== null) parts.push(`≤ ${options.maxTokens} tokens`);
  if (options.seed !== null) parts.push(`seed ${options.seed}`);
  if (options.reasoningEffort !== null) parts.push(`${options.reasoningEffort} effort`);
  if (options.imageDetail !== null) parts.push(`detail ${options.imageDetail}`);
  if (options.repeats > 1) parts.push(`${options.repeats} repeats`);
  if (options.bothOrders) parts.push('both orders');
  if (options.massThreshold !== null) parts.push(`mass ≥ ${options.massThreshold}`);
  if (options.control === 'shuffled-images') parts.push(controlName(options.control));
  return parts.join(' · ');
}

function sameConfiguration(run: runs.RunOfStudy, options: RunOptions): boolean {
  return (
    run.model === options.model &&
    run.baseUrl === options.baseUrl &&
    run.strategy === options.strategy &&
    run.readout === options.readout &&
    run.decoding.temperature === options.temperature &&
    (run.decoding.topP ?? null) === options.topP &&
    run.decoding.maxTokens === options.maxTokens &&
    (run.decoding.seed ?? null) === options.seed &&
    (run.decoding.reasoningEffort ?? null) === options.reasoningEffort &&
    run.imageDetail === options.imageDetail &&
    run.repeats === options.repeats &&
    run.bothOrders === options.bothOrders &&
    run.massThreshold === options.massThreshold &&
    run.control === options.control
  );
}
