import { createHash } from 'node:crypto';
import { designText } from '#lib/domain/planning/design-text.ts';
import {
  exemplarTrials,
  planTrials,
  type PlanInput,
  type PlanReport
} from '#lib/domain/planning/plan-trials.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import type { PlannedTrial } from '#lib/domain/trial.ts';

export interface DraftInput extends Omit<PlanInput, 'protocol' | 'scenario' | 'design' | 'seed' | 'nameOf'> {
  design: StudyDesign;
  /** By stimulus: the SHA-256 of its bytes. Those of exemplars and references too. */
  hashes: ReadonlyMap<string, string>;
}

export type Draft =
  | { ok: true; trials: PlannedTrial[]; report: PlanReport; designHash: string }
  | { ok: false; reason: string };

/**
 * A study's trials and design hash. People see the demonstration's exemplars as their training; a model is shown them
 * and not asked.
 */
export function draftPlan({ design, stimuli, hashes }: DraftInput): Draft {
  const { protocol, scenario, seed } = design;
  const planned = planTrials({ protocol, scenario, stimuli, design, seed });
  if (!planned.ok) return planned;
  const trials = [...exemplarTrials(design), ...planned.trials];
  const text = designText({ design, trials, sha256Of: (name) => hashes.get(name) as string });
  return {
    ok: true,
    trials,
    report: planned.report,
    designHash: createHash('sha256').update(text).digest('hex')
  };
}
