import { quantile } from '#lib/stats/quantile.ts';
import type { Random } from '#lib/stats/random.ts';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { applyMapping, fitLogistic } from '#lib/stats/logistic-fit.ts';
import { paperFaithful } from '../agreement/paper-faithful.ts';
import { scaledToHundred } from '../scaling/scale-votes.ts';
import { randomAnswer } from '../simulation/random-answer.ts';
import type { Floor, NoiseFloor, Pipelines, PipelineFigures } from './agreement-report.ts';
import { chanceBound } from './chance-floor.ts';
import type { JudgedPresentation } from './observer-values.ts';
import type { Sitting } from './sittings.ts';
import type { SessionRecord, StudyRecord } from './study-results.ts';
import { weightedValues, type ValueSpace, type WeightedValues } from './weighted-values.ts';

/**
 * One set of answers through both pipelines, against the truth of each stimulus (NaN where unknown).
 *
 * @returns null where no stimulus has both.
 */
export function pipelinesOf(
  values: WeightedValues,
  truth: Float64Array,
  space: ValueSpace
): Pipelines | null {
  const split = values.values();
  const members = Array.from({ length: space.pools }, (_, p) =>
    [...space.pool.keys()].filter(
      (s) => space.pool[s] === p && !Number.isNaN(split[s] as number) && !Number.isNaN(truth[s] as number)
    )
  ).filter((list) => list.length > 0);
  if (members.length === 0) return null;
  const both = values.votes() === null ? split : values.values(undefined, 'both');
  const faithful = paperFaithful(
    members.map((list) => ({
      // Scores are not rescaled there, only scales of votes: to 0–100 within each content.
      predictions:
        values.votes() === null
          ? list.map((s) => both[s] as number)
          : scaledToHundred(Float64Array.from(list, (s) => both[s] as number)).map((value) => value ?? 0),
      mos: list.map((s) => truth[s] as number)
    }))
  );
  const each = members.map((list): PipelineFigures => {
    const x = list.map((s) => split[s] as number);
    const y = list.map((s) => truth[s] as number);
    const mapping = fitLogistic(x, y)?.mapping;
    const mapped = mapping ? x.map((value) => applyMapping(mapping, value)) : null;
    return { srcc: spearman(x, y), plcc: mapped === null ? null : pearson(mapped, y) };
  });
  return {
    paperFaithful: faithful ?? { srcc: null, plcc: null },
    corrected: { srcc: meanOf(each.map((one) => one.srcc)), plcc: meanOf(each.map((one) => one.plcc)) }
  };
}

/**
 * What an observer who answers every trial of this study at random reaches in both pipelines: any score, any of the
 * answers that the study allows to a pair, any order of four, all equally likely.
 *
 * In theory: for one pool of n stimuli the two-sided bound of |SRCC| from Student's t; for the mean over pools
 * z/√(pools) · √(mean of 1/(n − 1)), by the variance 1/(n − 1) of ρ under no association.
 *
 * @returns null where no stimulus has a truth.
 */
export function noiseFloor(
  record: StudyRecord,
  space: ValueSpace,
  truth: Float64Array,
  options: { simulations: number; random: Random; onProgress?: (share: number) => void }
): NoiseFloor | null {
  const { simulations, random, onProgress } = options;
  const runs: Pipelines[] = [];
  for (let run = 0; run < simulations; run++) {
    const values = weightedValues([randomSitting(record, space, random)], record, space);
    const figures = pipelinesOf(values, truth, space);
    if (figures === null) return null;
    runs.push(figures);
    onProgress?.((run + 1) / simulations);
  }
  const floors = (pipeline: keyof Pipelines) => ({
    srcc: floorOf(runs.map((run) => run[pipeline].srcc)),
    plcc: floorOf(runs.map((run) => run[pipeline].plcc))
  });
  return {
    simulations,
    paperFaithful: floors('paperFaithful'),
    corrected: floors('corrected'),
    analytic: { srcc95: analyticBound(space, truth) }
  };
}

function analyticBound({ pool, pools }: ValueSpace, truth: Float64Array): number | null {
  const sizes = new Array<number>(pools).fill(0);
  pool.forEach((p, s) => {
    if (!Number.isNaN(truth[s] as number)) sizes[p] = (sizes[p] as number) + 1;
  });
  return chanceBound(sizes);
}

function randomSitting(record: StudyRecord, space: ValueSpace, random: Random): Sitting {
  const { design } = record.study;
  const byTrial = new Map<number, JudgedPresentation[]>();
  for (const [trialId, { stimuli }] of space.trials) {
    const order = stimuli.map((_, slot) => slot);
    const blank = { sessionId: 0, trialId, pass: 0, order, score: null, choice: null, ranking: null };
    const answer = randomAnswer(design, random);
    byTrial.set(trialId, [
      answer.kind === 'score'
        ? { ...blank, score: answer.score }
        : answer.kind === 'choice'
          ? { ...blank, choice: answer.choice }
          : { ...blank, ranking: answer.ranks }
    ]);
  }
  return { session: NOBODY, byTrial };
}

const NOBODY: SessionRecord = {
  sessionId: 0,
  observer: 'answers at random',
  kind: 'synthetic',
  door: 'model',
  strategy: null,
  state: 'completed',
  presentations: 0,
  outcomes: {}
};

function floorOf(values: readonly (number | null)[]): Floor {
  const known = values.filter((value) => value !== null);
  return {
    mean: meanOf(known) ?? 0,
    bound95:
      quantile(
        known.map(Math.abs).sort((a, b) => a - b),
        0.95
      ) ?? 0
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
