import { bcaInterval, percentileInterval, type Bounds } from '#lib/stats/bootstrap.ts';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { applyMapping, fitLogistic, type LogisticMapping } from '#lib/stats/logistic-fit.ts';
import type { Random } from '#lib/stats/random.ts';
import type { Interval, IntervalPair } from './agreement-report.ts';
import { found, missing, type Finding } from './finding.ts';

/** What a model is held against, and what becomes of it when other observers are drawn. Per stimulus, NaN where missing. */
export interface Yardstick {
  whole: Float64Array;
  /** One for each resample of observers; null where it is given once and for all. */
  resampled: readonly Float64Array[] | null;
  /** With each observer left out in turn, for the acceleration. */
  withoutOne: readonly Float64Array[];
}

/**
 * A yardstick that hangs on its observers, drawn once for everything that is held against it. Where votes are the
 * data, `truth` fits its scale again for each draw.
 *
 * @param truth the value of every stimulus for a draw of observers: their numbers, repeats included.
 * @param onProgress called with the share done; may throw to end the computation.
 */
export function drawObservers(
  truth: (observers: Int32Array) => Float64Array,
  observers: number,
  replicates: number,
  random: Random,
  onProgress?: (share: number) => void
): Yardstick {
  const everybody = Int32Array.from({ length: observers }, (_, i) => i);
  const drawn = new Int32Array(observers);
  const total = replicates + observers;
  const resampled = Array.from({ length: replicates }, (_, b) => {
    for (let i = 0; i < observers; i++) drawn[i] = random.integer(observers);
    onProgress?.((b + 1) / total);
    return truth(drawn);
  });
  return {
    whole: truth(everybody),
    resampled,
    withoutOne:
      observers < 2
        ? []
        : Array.from(everybody, (one) => {
            onProgress?.((replicates + one + 1) / total);
            return truth(everybody.filter((i) => i !== one));
          })
  };
}

export interface AgreementQuestion {
  /** What is judged, per stimulus; NaN where missing. */
  model: Float64Array;
  yardstick: Yardstick;
  /** Per stimulus its pool, and how many pools there are. One pool: stimuli are drawn; several: whole pools. */
  pool: Int32Array;
  pools: number;
  /** Not more than the yardstick has, where it has any. */
  replicates: number;
  random: Random;
  /** Called with the share done; may throw to end the computation. */
  onProgress?: (share: number) => void;
}

interface Figures {
  srcc: number | null;
  plcc: number | null;
}

/**
 * SRCC and PLCC with bootstrap intervals over stimuli (or whole references) and observers, drawn independently and
 * used together.
 *
 * With several pools the figures are the plain mean over pools, as everywhere: a pool where one is undefined is left
 * out. The logistic behind PLCC is fitted on all data, per pool, and kept.
 *
 * The model's own answers are not drawn again: the noise in them differs from stimulus to stimulus, so drawing the
 * stimuli carries it already.
 *
 * Drawing observers again adds their noise a second time, so that resampled correlations lie lower than the data's
 * own. In simulation the percentile interval then covers what the model reaches with panels of this size in some
 * 97 % (it is on the safe side); the BCa interval takes the shift for a bias of the estimate, moves up by it, and
 * covers some 90 %. Where only stimuli or references are drawn there is no such shift, and the BCa is the better one. `shown` follows this.
 */
export function agreementIntervals(question: AgreementQuestion): IntervalPair {
  const { model, yardstick, pool, pools, replicates, random, onProgress } = question;
  const { whole } = yardstick;
  const members = Array.from({ length: pools }, (_, p) =>
    Int32Array.from(pool.keys().filter((s) => pool[s] === p && isKnown(model[s]) && isKnown(whole[s])))
  );
  const mapped = mappedPredictions(model, whole, members);
  const single = members.length === 1;
  const units = single ? (members[0] as Int32Array).length : pools;
  const everything = Int32Array.from({ length: units }, (_, i) => i);
  const figures = (drawn: Int32Array, truth: Float64Array): Figures => {
    if (single) {
      const list = members[0] as Int32Array;
      return correlationsOf(
        drawn.map((unit) => list[unit] as number),
        model,
        mapped,
        truth
      );
    }
    const each = new Map<number, Figures>();
    const all = Array.from(drawn, (unit) => {
      let known = each.get(unit);
      if (!known) each.set(unit, (known = correlationsOf(members[unit] as Int32Array, model, mapped, truth)));
      return known;
    });
    return { srcc: meanOfKnown(all.map((one) => one.srcc)), plcc: meanOfKnown(all.map((one) => one.plcc)) };
  };
  const estimate = figures(everything, whole);
  if (estimate.srcc === null && estimate.plcc === null) {
    const why = whyNone(members, single);
    return { srcc: missing(why), plcc: missing(why) };
  }
  const resampled: Figures[] = [];
  const drawnUnits = new Int32Array(units);
  for (let b = 0; b < replicates; b++) {
    for (let i = 0; i < units; i++) drawnUnits[i] = random.integer(units);
    const truth = yardstick.resampled === null ? whole : yardstick.resampled[b];
    if (truth === undefined) throw new RangeError(`the yardstick has fewer than ${replicates} resamples`);
    resampled.push(figures(drawnUnits, truth));
    onProgress?.((b + 1) / replicates);
  }
  const withoutUnit = Array.from(everything, (unit) =>
    figures(
      everything.filter((u) => u !== unit),
      whole
    )
  );
  const withoutObserver = yardstick.withoutOne.map((truth) => figures(everything, truth));
  const summary = (kind: keyof Figures): Finding<Interval> => {
    const value = estimate[kind];
    if (value === null) return missing(whyNone(members, single));
    const sorted = known(resampled, kind).sort();
    const left = [withoutUnit, withoutObserver].map((list) => known(list, kind));
    const percentile = percentileInterval({ sorted });
    const bca = sorted.length === 0 ? null : finite(bcaInterval(value, { sorted }, left)?.interval ?? null);
    const shown = yardstick.resampled === null ? (bca ?? percentile) : percentile;
    return found({ estimate: value, shown, percentile, bca });
  };
  return { srcc: summary('srcc'), plcc: summary('plcc') };
}

function correlationsOf(
  stimuli: Int32Array,
  model: Float64Array,
  mapped: Float64Array,
  truth: Float64Array
): Figures {
  // A draw of observers may leave a stimulus without an answer.
  const rows = stimuli.filter((s) => isKnown(truth[s]));
  const target = Float64Array.from(rows, (s) => truth[s] as number);
  return {
    srcc: spearman(
      Float64Array.from(rows, (s) => model[s] as number),
      target
    ),
    plcc: pearson(
      Float64Array.from(rows, (s) => mapped[s] as number),
      target
    )
  };
}

/** Per pool through its own monotone logistic; NaN where there is none. */
function mappedPredictions(
  model: Float64Array,
  truth: Float64Array,
  members: readonly Int32Array[]
): Float64Array {
  const mapped = new Float64Array(model.length).fill(Number.NaN);
  for (const list of members) {
    const mapping: LogisticMapping | undefined = fitLogistic(
      Float64Array.from(list, (s) => model[s] as number),
      Float64Array.from(list, (s) => truth[s] as number)
    )?.mapping;
    // Without a map the values are constant or alone: a constant again, which has no correlation.
    for (const s of list) mapped[s] = mapping ? applyMapping(mapping, model[s] as number) : 0;
  }
  return mapped;
}

function whyNone(members: readonly Int32Array[], single: boolean): string {
  const most = Math.max(0, ...members.map((list) => list.length));
  if (most === 0) return 'no stimulus has both values';
  if (most === 1)
    return single ? 'only one stimulus has both values' : 'no reference has two stimuli with both values';
  return 'one of the two sides gives all stimuli the same value';
}

function known(list: readonly Figures[], kind: keyof Figures): Float64Array {
  return Float64Array.from(list.map((one) => one[kind]).filter((value) => value !== null));
}

function finite(bounds: Bounds | null): Bounds | null {
  return bounds !== null && bounds.every(Number.isFinite) ? bounds : null;
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function isKnown(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value);
}
