import { controlName, CONTROLS, type Control } from '#lib/domain/controls/control.ts';
import { modelObserverName, READOUTS, type Readout } from '#lib/domain/observer.ts';
import { orderSession } from '#lib/domain/planning/order-session.ts';
import { promptProblem } from '#lib/domain/prompts/compose.ts';
import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import type { TrialRole } from '#lib/domain/trial.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { hasApiKey } from './api-key.ts';
import { shuffledImages, withControl } from './control-options.ts';

export interface RunOptions {
  study: string;
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
  concurrency: number;
  requestsPerMinute: number | null;
  temperature: number | null;
  maxTokens: number | null;
  imageDetail: string | null;
  repeats: number;
  bothOrders: boolean;
  timeoutMs: number;
  maxCost: number | null;
  priceIn: number | null;
  priceOut: number | null;
  /** Go on with the run of this same configuration, if there is one. */
  resume: boolean;
}

export const RUN_DEFAULTS = {
  apiKeyEnv: null,
  readout: 'text' as Readout,
  massThreshold: null,
  control: null,
  replay: false,
  concurrency: 8,
  requestsPerMinute: null,
  temperature: null,
  maxTokens: null,
  imageDetail: null,
  repeats: 1,
  bothOrders: false,
  timeoutMs: 120_000,
  maxCost: null,
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
  lab: Pick<Lab, 'db' | 'transientKeys'>,
  asked: RunOptions
): Promise<StartedRun> {
  const options = withControl(asked);
  const study = await studyNamed(lab.db, options.study);
  checkOptions(lab, options);
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
      throw new BadInput('that run was cancelled; start a new one without --resume');
    }
    if (!complete) {
      await runs.change(lab.db, last.sessionId, {
        apiKeyEnv: options.apiKeyEnv,
        concurrency: options.concurrency,
        requestsPerMinute: options.requestsPerMinute,
        timeoutMs: options.timeoutMs,
        maxCost: options.maxCost,
        priceIn: options.priceIn,
        priceOut: options.priceOut
      });
      await runs.transition(lab.db, last.sessionId, ['paused', 'capped', 'failed'], 'queued', null);
    }
    return { sessionId: last.sessionId, observer: last.observer, resumed: true, complete };
  }
  if (last && !['completed', 'cancelled'].includes(last.state)) {
    throw new BadInput(
      `${last.observer} has a run on ${JSON.stringify(studies.addressOf(study))} that is ${last.state}; go on with --resume`
    );
  }
  if (study.state !== 'open') throw new BadInput(`the study ${JSON.stringify(study.name)} is closed`);
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
  const trials = (await studies.trialsOf(tx, study.id)).filter((trial) => trial.role !== 'training');
  const planned = orderSession({
    protocol: design.protocol,
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
  const observer = await sessions.findOrCreateObserver(
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
  await runs.create(tx, {
    sessionId: session.id,
    model: options.model,
    baseUrl: options.baseUrl,
    apiKeyEnv: options.apiKeyEnv,
    readout: options.readout,
    massThreshold: options.massThreshold,
    control: options.control,
    shownInstead: options.control === 'shuffled-images' ? shuffledImages(trials, seed) : null,
    replay: options.replay,
    decoding: { temperature: options.temperature, maxTokens: options.maxTokens },
    imageDetail: options.imageDetail,
    repeats: options.repeats,
    bothOrders: options.bothOrders,
    concurrency: options.concurrency,
    requestsPerMinute: options.requestsPerMinute,
    timeoutMs: options.timeoutMs,
    maxCost: options.maxCost,
    priceIn: options.priceIn,
    priceOut: options.priceOut,
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
  if (options.maxTokens !== null) parts.push(`≤ ${options.maxTokens} tokens`);
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
    run.decoding.maxTokens === options.maxTokens &&
    run.imageDetail === options.imageDetail &&
    run.repeats === options.repeats &&
    run.bothOrders === options.bothOrders &&
    run.massThreshold === options.massThreshold &&
    run.control === options.control
  );
}

/** @throws BadInput naming what is wrong. */
export function checkOptions(lab: Pick<Lab, 'transientKeys'>, options: RunOptions): void {
  if (options.model.trim() === '' || options.model.length > 200) throw new BadInput('the model needs a name');
  if (options.control !== null && !CONTROLS.includes(options.control))
    throw new BadInput(`there is no control ${JSON.stringify(options.control)}: ${CONTROLS.join(', ')}`);
  if (options.control !== 'random-answers') checkBaseUrl(options.baseUrl);
  if (!STRATEGIES.includes(options.strategy))
    throw new BadInput(`there is no strategy ${JSON.stringify(options.strategy)}`);
  if (!READOUTS.includes(options.readout))
    throw new BadInput(`there is no readout ${JSON.stringify(options.readout)}`);
  const whole = (name: string, value: number, min: number, max: number) => {
    if (Number.isSafeInteger(value) && value >= min && value <= max) return;
    throw new BadInput(`${name} is a whole number from ${min} to ${max}, not ${value}`);
  };
  whole('concurrency', options.concurrency, 1, 512);
  whole('the number of repeats', options.repeats, 1, 100);
  whole('the time for one request in ms', options.timeoutMs, 100, 3_600_000);
  if (options.maxTokens !== null) whole('the most tokens of an answer', options.maxTokens, 1, 1_000_000);
  const finite = (name: string, value: number | null, above: number, max: number) => {
    if (value === null || (Number.isFinite(value) && value > above && value <= max)) return;
    throw new BadInput(`${name} is a number above ${above}, at most ${max}, not ${value}`);
  };
  finite('the captured mass that is needed', options.massThreshold, 0, 1);
  finite('requests per minute', options.requestsPerMinute, 0, 1_000_000);
  finite('the cap', options.maxCost, 0, 1_000_000);
  for (const [name, value] of [
    ['the temperature', options.temperature],
    ['the price of input tokens', options.priceIn],
    ['the price of output tokens', options.priceOut]
  ] as const) {
    if (value !== null && !(Number.isFinite(value) && value >= 0))
      throw new BadInput(`${name} is a number from 0, not ${value}`);
  }
  if (options.maxCost !== null && (options.priceIn === null || options.priceOut === null)) {
    throw new BadInput(
      'a cap in money needs both prices (--price-in and --price-out, US dollars a million tokens)'
    );
  }
  if (options.apiKeyEnv !== null) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(options.apiKeyEnv)) {
      throw new BadInput('the key is named by an environment variable, such as OPENAI_API_KEY');
    }
    if (!hasApiKey(lab, options.apiKeyEnv)) {
      throw new BadInput(`the environment variable ${options.apiKeyEnv} is not set`);
    }
  }
}

function checkBaseUrl(baseUrl: string): void {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new BadInput(
      `${JSON.stringify(baseUrl)} is no address; one such as https://api.openai.com/v1 is needed`
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new BadInput(`a base URL begins with https:// or http://, not ${url.protocol}//`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new BadInput('a base URL holds no password; name the environment variable that holds the key');
  }
}
