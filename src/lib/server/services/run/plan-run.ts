import { composePrompt, promptProblem, type ComposedPrompt } from '#lib/domain/prompts/compose.ts';
import { estimateRun, tokensPerPicture, type RunEstimate } from '#lib/domain/run-estimate.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import type { RunOptions } from './start-run.ts';

/** What a run with these options would ask for, before it starts. Nothing is stored or sent. */
export async function planRun(lab: Pick<Lab, 'db'>, options: RunOptions): Promise<RunEstimate> {
  const study = await studyNamed(lab.db, options.study);
  const prompt = promptFor(study, options);
  const [trials, pictures] = await Promise.all([
    studies.trialsOf(lab.db, study.id),
    studies.stimuliIn(lab.db, study.id)
  ]);
  const each = pictures.map(({ widthPx, heightPx }) =>
    tokensPerPicture(widthPx, heightPx, options.imageDetail)
  );
  return estimateRun({
    ...options,
    trials: trials.filter((trial) => trial.role === 'test').length,
    bothOrders: options.bothOrders && protocols[study.design.protocol].stimuliPerTrial > 1,
    parts: prompt.parts,
    tokensPerPicture: each.reduce((sum, tokens) => sum + tokens, 0) / Math.max(1, each.length)
  });
}

/** @throws BadInput where this study cannot be asked so. */
export function promptFor(
  { design }: Pick<studies.Study, 'design'>,
  { strategy, readout }: Pick<RunOptions, 'strategy' | 'readout'>
): ComposedPrompt {
  const request = { protocol: design.protocol, scenario: design.scenario, strategy, readout, design };
  const problem = promptProblem(request);
  if (problem !== null) throw new BadInput(problem);
  return composePrompt(request);
}
