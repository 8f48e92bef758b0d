import { pearson, spearman } from '#lib/stats/correlation.ts';
import { fitFromUsualStart } from '#lib/stats/logistic-lm.ts';

export interface FaithfulFigures {
  srcc: number;
  plcc: number;
}

/**
 * SRCC and PLCC as the published code of Wu et al. computes them, for comparison with their tables and for nothing
 * else: the 4-parameter logistic is fitted first, from one start and free to fall, and BOTH correlations are of the
 * fitted values, so that SRCC loses its sign and gains from overfitting; within each content, then the plain mean;
 * an undefined correlation counts as 0. Ten answers at random per content reach SRCC 0.36 and PLCC 0.51 this way.
 *
 * Where the fit gives no finite values the predictions stand as they are, as in that code; so they do where it
 * does not converge, where that code stops with an error.
 *
 * @param contents the members of each content; one entry with everybody for a global figure.
 * @returns null without contents.
 * Source: T. Wu, K. Ma, J. Liang, Y. Yang, L. Zhang, A comprehensive study of multimodal large language models for
 * image quality assessment, ECCV (2024), and its published code.
 */
export function paperFaithful(
  contents: readonly { predictions: readonly number[]; mos: readonly number[] }[]
): FaithfulFigures | null {
  if (contents.length === 0) return null;
  let srcc = 0;
  let plcc = 0;
  for (const { predictions, mos } of contents) {
    const fitted = fitFromUsualStart(predictions, mos) ?? predictions;
    srcc += spearman(fitted, mos) ?? 0;
    plcc += pearson(fitted, mos) ?? 0;
  }
  return { srcc: srcc / contents.length, plcc: plcc / contents.length };
}
