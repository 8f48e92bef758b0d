import { describe, expect, it } from 'vitest';
import { meanOpinionScores } from '#lib/domain/scaling/mos.ts';
import {
  biasStandardError,
  fitSubjectModel,
  inconsistencyInterval
} from '#lib/domain/scaling/subject-model.ts';
import { withoutBias, zScores } from '#lib/domain/scaling/z-scores.ts';
import { goldenDir, readGolden } from './golden.ts';
import { expectWithin, RATING_FILE_NAMES, readRatings } from './rating-files.ts';

/**
 * Left out: `quality_scores_std` of SubjectMLEModelProjectionSolver2 and `sos_j` of the demo, which come from
 * the residuals of each stimulus rather than from the observers' inconsistencies (another definition), and the
 * name of the demo's intermediate values. AIC and BIC follow from the log-likelihood and are checked from it.
 */
interface Model {
  quality_scores: number[];
  quality_scores_std: number[];
  observer_bias: number[];
  observer_bias_std: number[];
  observer_inconsistency: number[];
  observer_inconsistency_std: number[];
  observer_inconsistency_ci95: [number[], number[]];
  num_iter: number;
  loglikelihood: number;
  aic: number;
  bic: number;
}
interface SurealFile {
  expected: {
    SubjectMLEModelProjectionSolver: Model;
    SubjectMLEModelProjectionSolver2: Model;
    'itut_p910_demo.run_alternating_projection': {
      mos_j: number[];
      bias_i: number[];
      inconsistency_i: number[];
    };
    'BiasremvMosModel (P.913 12.4)': Model;
    ZscoringMosModel: Model;
    'MaximumLikelihoodEstimationModelContentOblivious (Newton-Raphson belief propagation)': Model;
  };
}

describe.skipIf(goldenDir() === null)('subject models against sureal', () => {
  it.each(RATING_FILE_NAMES)('%s', (name) => {
    const { expected } = readGolden<SurealFile>(`sureal_${name}`);
    const ratings = readRatings(name);
    const model = fitSubjectModel(ratings);
    const quality = model.stimuli.map((stimulus) => stimulus.quality);
    const bias = model.observers.map((observer) => observer.bias);
    const inconsistency = model.observers.map((observer) => observer.inconsistency);

    const projection = expected.SubjectMLEModelProjectionSolver;
    expect(model.converged).toBe(true);
    expect(model.iterations).toBe(projection.num_iter);
    expectWithin(quality, projection.quality_scores, 1e-5);
    expectWithin(
      model.stimuli.map((stimulus) => stimulus.qualitySe),
      projection.quality_scores_std,
      1e-5
    );
    expectWithin(bias, projection.observer_bias, 1e-5);
    expectWithin(inconsistency, projection.observer_inconsistency, 1e-5);
    expectWithin(model.observers.map(biasStandardError), projection.observer_bias_std, 1e-5);
    expectWithin(
      model.observers.map(({ inconsistency: value, n }) => (value ?? NaN) / Math.sqrt(2 * n)),
      projection.observer_inconsistency_std,
      1e-5
    );
    const intervals = model.observers.map((observer) => inconsistencyInterval(observer));
    [0, 1].forEach((side) =>
      expectWithin(
        intervals.map((interval, i) => Math.abs((interval?.[side] ?? NaN) - (inconsistency[i] ?? NaN))),
        projection.observer_inconsistency_ci95[side],
        1e-5
      )
    );

    const log = model.meanLogLikelihood as number;
    const count = ratings.rating.length;
    const parameters = (ratings.stimuli + 2 * ratings.observers) / count;
    expect(Math.abs(log / projection.loglikelihood - 1)).toBeLessThan(1e-6);
    expect(2 * parameters - 2 * log).toBeCloseTo(projection.aic, 6);
    expect(Math.log(count) * parameters - 2 * log).toBeCloseTo(projection.bic, 6);

    const second = expected.SubjectMLEModelProjectionSolver2;
    expectWithin(quality, second.quality_scores, 1e-5);
    expectWithin(bias, second.observer_bias, 1e-5);
    const demo = expected['itut_p910_demo.run_alternating_projection'];
    expectWithin(quality, demo.mos_j, 1e-5);
    expectWithin(bias, demo.bias_i, 1e-5);
    expectWithin(inconsistency, demo.inconsistency_i, 1e-5);
    const newton =
      expected['MaximumLikelihoodEstimationModelContentOblivious (Newton-Raphson belief propagation)'];
    expectWithin(quality, newton.quality_scores, 1e-5);
    expectWithin(bias, newton.observer_bias, 1e-5);
    expectWithin(inconsistency, newton.observer_inconsistency, 1e-5);

    const unbiased = meanOpinionScores(withoutBias(ratings));
    const removed = expected['BiasremvMosModel (P.913 12.4)'];
    expectWithin(
      unbiased.map((score) => score.mos),
      removed.quality_scores,
      1e-5
    );
    expectWithin(
      unbiased.map((score) => score.sem),
      removed.quality_scores_std,
      1e-5
    );
    expectWithin(
      meanOpinionScores(zScores(ratings)).map((score) => score.mos),
      expected.ZscoringMosModel.quality_scores,
      1e-5
    );
  });
});
