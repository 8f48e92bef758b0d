import { createHash } from 'node:crypto';
import { designText } from '#lib/domain/planning/design-text.ts';
import { planExtra, planTraps, type RatedStimulus } from '#lib/domain/planning/plan-extra.ts';
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
  /** What training and gold may show; looked at only where the design has any. */
  rated?: readonly RatedStimulus[];
}

export type Draft =
  | { ok: true; trials: PlannedTrial[]; report: PlanReport; designHash: string }
  | { ok: false; reason: string };

/**
 * A study's trials and design hash. People see the demonstration's exemplars as their training; a model is shown them
 * and not asked.
 */
export function draftPlan({ design, stimuli, hashes, rated = [] }: DraftInput): Draft {
  const { protocol, scenario, seed } = design;
  const extra = planExtra({ design, stimuli: rated, seed });
  if (!extra.ok) return extra;
  // Whoever was told what others gave cannot judge it any more, nor its copy under another name.
  const told = new Set(
    design.training?.feedback
      ? extra.training.flatMap((trial) => trial.stimuli.map((name) => hashes.get(name)))
      : []
  );
  const judged = stimuli.filter(({ id }) => !told.has(hashes.get(id)));
  const planned = planTrials({ protocol, scenario, stimuli: judged, design, seed });
  if (!planned.ok) return planned;
  const trials = [
    ...exemplarTrials(design),
    ...extra.training,
    ...planned.trials,
    ...extra.gold,
    ...planTraps(design.traps ?? 0, planned.trials, seed)
  ];
  const text = designText({ design, trials, sha256Of: (name) => hashes.get(name) as string });
  return {
    ok: true,
    trials,
    report: planned.report,
    designHash: createHash('sha256').update(text).digest('hex')
  };
}
