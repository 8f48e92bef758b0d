import { createHash } from 'node:crypto';
import { composePrompt } from '#lib/domain/prompts/compose.ts';
import { tokensPerPicture } from '#lib/domain/run-estimate.ts';
import type { Strategy } from '#lib/domain/study.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as runSummaries from '#lib/server/db/run-summaries.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as responses from '#lib/server/db/responses.ts';
import * as studies from '#lib/server/db/studies.ts';
import { openAiBatches } from '#lib/server/providers/openai-batches.ts';
import { openAiProvider } from '#lib/server/providers/openai.ts';
import type { Provider } from '#lib/server/providers/provider.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { checkEndpoint } from '../models/check-endpoint.ts';
import { rememberShownImages } from '../shown-image.ts';
import { answerAtRandom } from './answer-at-random.ts';
import { apiKeyOf } from './api-key.ts';
import { guessTokens, openBudget } from './budget.ts';
import { gathering } from './gather.ts';
import { openGate } from './endpoint-gate.ts';
import type { RunContext } from './judge-presentation.ts';
import { openPaceStore } from './pace-store.ts';
import { createPictures } from './pictures.ts';
import { sameTrialsBefore } from './question.ts';
import { SCHEMA_REFUSED } from './readout-notes.ts';

/** Everything that the presentations of a run share; or why it cannot go on here. */
export async function prepareRun(
  lab: Lab,
  sessionId: number,
  stop: { soft: AbortSignal; hard: AbortSignal },
  givenProvider: Provider | undefined
): Promise<RunContext | { problem: string }> {
  const run = await runs.byId(lab.db, sessionId);
  const session = await sessions.byId(lab.db, sessionId);
  const study = session && (await studies.byId(lab.db, session.studyId));
  if (!run || !session || !study) throw new Error(`session ${sessionId} is no run`);
  let key: string | null = null;
  if (run.control !== 'random-answers') {
    try {
      key = await apiKeyOf(lab, run);
      await checkEndpoint(lab.config, run.baseUrl);
    } catch (error) {
      if (error instanceof BadInput) return { problem: error.onPage };
      throw error;
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
  await rememberShownImages(lab, [
    ...new Set(trials.flatMap((trial) => [...trial.stimuli, trial.referenceId ?? []].flat()))
  ]);
  const texts = prompt.parts.flatMap((part) => (part.type === 'text' ? [part.text.length] : []));
  const request = {
    characters: texts.reduce((sum, length) => sum + length, 0),
    pictures: prompt.parts.length - texts.length
  };
  const spent = await runSummaries.spent(lab.db, sessionId);
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
    batches: run.batch ? openAiBatches({ baseUrl: run.baseUrl, apiKey: key }) : null,
    provider: givenProvider ?? openAiProvider({ baseUrl: run.baseUrl, apiKey: key }),
    pictures: createPictures(lab, design.maxSidePx),
    keep: {
      completion: gathering((rows: runs.NewCompletion[]) => runs.addCompletions(lab.db, rows)),
      response: gathering((rows: responses.NewResponse[]) => responses.insert(lab.db, rows))
    },
    gate: await openGate(await openPaceStore(lab, paceKey(run)), {
      requestsPerMinute: run.requestsPerMinute,
      tokensPerMinute: run.tokensPerMinute,
      concurrency: run.concurrency,
      timeoutMs: run.timeoutMs,
      tokensEach:
        spent.completions > 0
          ? (spent.tokensIn + spent.tokensOut) / spent.completions
          : guessTokens(request, run.decoding.maxTokens)
    }),
    budget: await openBudget(lab.db, {
      sessionId,
      budgetId: run.budgetId,
      prices: run,
      request,
      maxTokens: run.decoding.maxTokens,
      batch: Math.min(run.concurrency, MOST_HELD),
      tokensPerPicture: run.batch ? await dearestPicture(lab, study.id, run.imageDetail) : undefined
    }),
    softStop: AbortSignal.any([stop.soft, stop.hard]),
    hardStop: stop.hard
  };
}

/** What the dearest of a study's pictures costs, in tokens as OpenAI counts them. */
async function dearestPicture(lab: Lab, studyId: number, detail: string | null): Promise<number> {
  const pictures = await studies.stimuliIn(lab.db, studyId);
  return pictures.reduce(
    (most, { widthPx, heightPx }) => Math.max(most, tokensPerPicture(widthPx, heightPx, detail)),
    0
  );
}

/** Requests' worth of a budget that a run holds beyond what is out. */
const MOST_HELD = 16;

/** Limits belong to a model at an endpoint. */
export function paceKey({ baseUrl, model }: Pick<runs.Run, 'baseUrl' | 'model'>): string {
  return `${baseUrl.replace(/\/+$/, '')} ${model}`;
}
