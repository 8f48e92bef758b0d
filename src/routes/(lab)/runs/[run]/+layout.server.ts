import * as budgets from '#lib/server/db/budgets.ts';
import * as batches from '#lib/server/db/batches.ts';
import * as replays from '#lib/server/db/replays.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ params }) => {
  const { run, session, observer, study } = await orNotFound(() => findRun(app(), params.run));
  const cap = run.budgetId === null ? null : await budgets.byId(app().db, run.budgetId);
  return {
    run: {
      id: run.sessionId,
      observer: observer.name,
      simulated: observer.kind === 'synthetic',
      model: run.model,
      control: run.control,
      replay: run.replay,
      replayed: run.replay ? await replays.countIn(app().db, run.sessionId) : 0,
      batches: run.batch
        ? (await batches.ofRun(app().db, run.sessionId)).map(
            ({ id, state, remoteState, requests, problem }) => ({
              id,
              state,
              remoteState,
              requests,
              problem
            })
          )
        : null,
      notes: run.notes,
      baseUrl: run.baseUrl,
      apiKeyEnv: run.apiKeyEnv,
      strategy: session.strategy ?? '',
      readout: run.readout,
      decoding: run.decoding,
      imageDetail: run.imageDetail,
      repeats: run.repeats,
      bothOrders: run.bothOrders,
      concurrency: run.concurrency,
      requestsPerMinute: run.requestsPerMinute,
      timeoutMs: run.timeoutMs,
      tokensPerMinute: run.tokensPerMinute,
      maxCost: cap?.maxCost ?? null,
      maxTotalTokens: cap?.maxTokens ?? null,
      priceIn: run.priceIn,
      priceOut: run.priceOut,
      startedAt: session.startedAt,
      finishedAt: run.finishedAt
    },
    study: {
      address: studies.addressOf(study),
      protocol: study.design.protocol,
      scenario: study.design.scenario
    }
  };
};
