import * as v from 'valibot';
import { CONTROLS } from '#lib/domain/controls/control.ts';
import { READOUTS } from '#lib/domain/observer.ts';
import { STRATEGIES } from '#lib/domain/study.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from '../../services/lab.ts';
import { modelNamed, optionsOf } from '../../services/models/find-model.ts';
import { cancelRun, enqueueRun, pauseRun, resumeRun } from '../../services/run/control-run.ts';
import { describeRun } from '../../services/run/describe-run.ts';
import { planRun } from '../../services/run/plan-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../services/run/start-run.ts';
import { BadInput } from '../../tables/bad-input.ts';
import { runOf, studyOf } from '../found.ts';
import { operation } from '../operation.ts';
import { pageById, pageOf, PAGING } from '../paging.ts';
import { instant, iso, number, oneOf, orNull, text, truth, whole } from '../schemas.ts';

const study = { study: 'Its name: the newest version; `name@2` is the second' };
const run = { run: 'Its number' };
const STATES = ['queued', 'running', 'paused', 'cancelled', 'capped', 'failed', 'completed'] as const;

const Run = v.strictObject({
  study: text('How the study is addressed'),
  observer: text('Model, strategy and whatever else makes it another observer'),
  run: whole('Its number', 1),
  state: oneOf(STATES, 'Over when cancelled or completed; paused, capped and failed ones can go on'),
  reason: orNull(text('Why it is in this state')),
  presentations: whole('Trials that it is shown, every repeat and order'),
  answered: whole('Of them, with an outcome'),
  outcomes: v.pipe(
    v.record(v.string(), v.number()),
    v.description('How many of each: `ok`, `refusal`, `out-of-range` …')
  ),
  tokensIn: whole('Of all completions'),
  tokensOut: whole('Of all completions'),
  cost: orNull(number('US dollars; null where no price is known')),
  failures: whole('Requests that failed on the way')
});

const ListedRun = v.strictObject({
  run: whole('Its number', 1),
  study: text('How the study is addressed'),
  dataset: text('The dataset’s name'),
  observer: text('Its name in results'),
  model: text('As its endpoint calls it; empty for a control that asks nobody'),
  strategy: text('How it is prompted'),
  readout: text('How its answer is read'),
  state: oneOf(STATES, 'How it stands'),
  reason: orNull(text('Why')),
  startedAt: instant('When it was opened'),
  presentations: whole('Trials that it is shown'),
  answered: whole('Of them, with an outcome'),
  ok: whole('Of them, usable'),
  cost: orNull(number('US dollars; null where no price is known'))
});

const positive = (says: string) => v.optional(orNull(v.pipe(v.number(), v.gtValue(0), v.description(says))));
const NewRun = v.strictObject({
  model: v.optional(text('A registered model’s name; it brings key, address, prices, limits')),
  strategy: oneOf(STRATEGIES as readonly [RunOptions['strategy']], 'How it is prompted'),
  readout: v.optional(oneOf(READOUTS as readonly [RunOptions['readout']], 'How its answer is read')),
  massThreshold: positive('Log probabilities: below this captured mass there is no answer'),
  control: v.optional(orNull(oneOf(CONTROLS as readonly ['random-answers'], 'A run that must find nothing'))),
  replay: v.optional(truth('Answer what was asked before from the stored completions')),
  batch: v.optional(truth('Ask by the endpoint’s Batch API')),
  concurrency: v.optional(v.pipe(whole('Requests at once', 1), v.maxValue(512))),
  requestsPerMinute: positive('At most'),
  tokensPerMinute: positive('At most'),
  temperature: v.optional(orNull(v.pipe(v.number(), v.minValue(0), v.description('Of sampling')))),
  topP: positive('Of sampling'),
  maxTokens: positive('Of an answer'),
  seed: v.optional(orNull(whole('Of sampling'))),
  reasoningEffort: v.optional(orNull(text('In the endpoint’s own words'))),
  imageDetail: v.optional(orNull(text('low, high or auto'))),
  repeats: v.optional(v.pipe(whole('How often each trial is asked', 1), v.maxValue(100))),
  bothOrders: v.optional(truth('Each trial in a second order too')),
  timeoutMs: v.optional(whole('For one request', 100)),
  maxCost: positive('Stops at so many US dollars'),
  maxTotalTokens: positive('Stops at so many tokens, in and out'),
  priceIn: v.optional(orNull(v.pipe(v.number(), v.minValue(0), v.description('US dollars a million')))),
  priceOut: v.optional(orNull(v.pipe(v.number(), v.minValue(0), v.description('US dollars a million')))),
  batchPriceIn: v.optional(
    orNull(v.pipe(v.number(), v.minValue(0), v.description('By batches: US dollars a million')))
  ),
  batchPriceOut: v.optional(
    orNull(v.pipe(v.number(), v.minValue(0), v.description('By batches: US dollars a million')))
  ),
  resume: v.optional(truth('Go on with the run of this same configuration'))
});

/** What of a run a program does not say: the path or the registered model does. An option that is new must be in either. */
type SaidElsewhere = 'study' | 'modelId' | 'baseUrl' | 'apiKeyEnv' | 'budgetId';
true satisfies [Exclude<keyof RunOptions, SaidElsewhere | keyof v.InferOutput<typeof NewRun>>] extends [never]
  ? true
  : false;

/**
 * Only registered models are asked: a token that named an address and the variable of a key could have any variable of
 * the lab's environment sent anywhere.
 */
async function optionsFor(
  lab: Lab,
  name: string,
  { model, ...given }: v.InferOutput<typeof NewRun>
): Promise<RunOptions> {
  if (model === undefined && given.control !== 'random-answers') throw new BadInput('body.model: is missing');
  const nobody = { model: '', baseUrl: '' };
  const registered = model === undefined ? nobody : optionsOf(await modelNamed(lab.db, model));
  return { ...RUN_DEFAULTS, ...registered, ...(given as Partial<RunOptions>), study: name } as RunOptions;
}

/** The three ways to change a run that is there. */
function control(verb: string, summary: string, says: string, work: (lab: Lab, id: number) => Promise<void>) {
  return operation({
    id: `${verb}Run`,
    method: 'POST',
    path: `/runs/{run}/${verb}`,
    tag: 'Runs',
    summary,
    says,
    scope: 'run',
    params: run,
    answer: Run,
    problems: ['unknown', 'conflict'],
    async run(call) {
      const { sessionId } = (await runOf(call)).run;
      await work(call.lab, sessionId);
      return describeRun(call.lab, sessionId);
    }
  });
}

export const runOperations = [
  operation({
    id: 'listRuns',
    method: 'GET',
    path: '/runs',
    tag: 'Runs',
    summary: 'Runs of one study, or of all, in the order that they were started',
    scope: 'read',
    query: v.strictObject({ ...PAGING, study: v.optional(text('Only this study’s')) }),
    answer: pageOf(ListedRun),
    problems: ['unknown'],
    async run({ lab, query }) {
      const { study: name } = query;
      const only = name === undefined ? null : (await studyOf({ lab, param: () => name })).id;
      return pageById(await runLists.list(lab.db, only), query, (one) => ({
        run: one.id,
        study: studies.addressOf({ name: one.study, version: one.version }),
        dataset: one.dataset,
        observer: one.observer,
        model: one.model,
        strategy: one.strategy,
        readout: one.readout,
        state: one.state,
        reason: one.stateReason,
        startedAt: iso(one.startedAt),
        presentations: one.presentations,
        answered: one.answered,
        ok: one.ok,
        cost: one.cost
      }));
    }
  }),
  operation({
    id: 'estimateRun',
    method: 'POST',
    path: '/studies/{study}/runs/estimate',
    tag: 'Runs',
    summary: 'What a run would ask for, send, cost and take',
    says: 'Nothing is stored or sent.',
    scope: 'read',
    params: study,
    body: NewRun,
    answer: v.strictObject({
      requests: whole('Without retries'),
      picturesPerRequest: whole('Demonstration and references included'),
      pictures: whole('Of all requests'),
      tokensIn: whole('As OpenAI counts pictures; others count otherwise'),
      tokensOut: whole('By the strategy’s usual length of answer'),
      cost: orNull(number('US dollars; null without any price')),
      ms: number('Until all are answered'),
      msByLimits: number('What the limits alone would make it'),
      limitedBy: oneOf(['concurrency', 'requests per minute', 'tokens per minute'], 'What sets the pace')
    }),
    problems: ['unknown'],
    async run(call) {
      await studyOf(call);
      return planRun(call.lab, await optionsFor(call.lab, call.param('study'), call.body));
    }
  }),
  operation({
    id: 'startRun',
    method: 'POST',
    path: '/studies/{study}/runs',
    tag: 'Runs',
    summary: 'Let a registered model sit a study',
    says: 'It is put on the queue; ask for it again to see how it stands. A run of this configuration that is not over is a conflict, unless `resume` goes on with it.',
    scope: 'run',
    params: study,
    body: NewRun,
    answer: Run,
    status: 202,
    problems: ['unknown', 'conflict'],
    async run(call) {
      await studyOf(call);
      const options = await optionsFor(call.lab, call.param('study'), call.body);
      const started = await startRun(call.lab, options);
      if (!started.complete) await enqueueRun(call.lab, started.sessionId);
      return describeRun(call.lab, started.sessionId);
    }
  }),
  operation({
    id: 'getRun',
    method: 'GET',
    path: '/runs/{run}',
    tag: 'Runs',
    summary: 'How a run stands',
    says: 'The same answer as `limen run --json`.',
    scope: 'read',
    params: run,
    answer: Run,
    problems: ['unknown'],
    run: async (call) => describeRun(call.lab, (await runOf(call)).run.sessionId)
  }),
  control('pause', 'Send no further requests', 'Those that are out come home and count.', pauseRun),
  control('resume', 'Go on where it was', 'After a pause, a cap or a failure.', resumeRun),
  control('cancel', 'End it for good', 'What was answered stays and is counted.', cancelRun)
];
