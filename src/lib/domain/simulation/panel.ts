import type { Random } from '#lib/stats/random.ts';
import type { SyntheticObserver } from './observer.ts';

/** What a panel's members are drawn from. */
export interface PanelParameters {
  size: number;
  /** SD of the members' biases around 0. */
  biasSd: number;
  /** Median of the members' inconsistencies. */
  sigma: number;
  /** SD of log σ over the members; 0 makes all alike. */
  sigmaSpread: number;
  /** Each member's lapse rate. */
  lapse: number;
  /** SD of the members' side biases around 0. */
  sideBiasSd: number;
  sameWithin: number;
}

/** People in a careful laboratory study, roughly: σ near 12 of 100 points, one answer in fifty without looking. */
export const TYPICAL_PANEL: Omit<PanelParameters, 'size'> = {
  biasSd: 6,
  sigma: 12,
  sigmaSpread: 0.25,
  lapse: 0.02,
  sideBiasSd: 1,
  sameWithin: 3
};

/** A panel of simulated raters: bias N(0, biasSd²), σ log-normal about its median, side bias N(0, sideBiasSd²). */
export function syntheticPanel(parameters: PanelParameters, random: Random): SyntheticObserver[] {
  if (!Number.isInteger(parameters.size) || parameters.size < 1) {
    throw new Error(`a panel has a whole number of members from 1, not ${parameters.size}`);
  }
  return Array.from({ length: parameters.size }, () => ({
    bias: parameters.biasSd * random.normal(),
    sigma: parameters.sigma * Math.exp(parameters.sigmaSpread * random.normal()),
    lapse: parameters.lapse,
    sideBias: parameters.sideBiasSd * random.normal(),
    sameWithin: parameters.sameWithin
  }));
}
