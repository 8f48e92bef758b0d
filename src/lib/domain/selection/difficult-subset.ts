import { spearman } from '#lib/stats/correlation.ts';
import { applyMapping, fitLogistic, type LogisticFit } from '#lib/stats/logistic-fit.ts';
import {
  minMaxScaled,
  selectDifficult,
  selectDifficultByReference,
  sigmaNormalisedError,
  type Features,
  type Pick
} from './difficult.ts';
import { featureProducts, type FeatureProducts } from './feature-products.ts';

/** A metric's values over a dataset: what stands in for the models that would be too slow to ask about everything. */
export interface Proxy {
  name: string;
  version: string;
  /** One a stimulus, any unit; NaN where there is none. */
  values: Float64Array;
}

/** A dataset as the selection sees it, row by row; plain data, so that it can go to a thread. */
export interface DifficultInput {
  mos: Float64Array;
  /** NaN where unknown. */
  sigma: Float64Array;
  /** Full reference: the place of each stimulus's reference; null where images are chosen one by one. */
  reference: Int32Array | null;
  references: number;
  proxies: Proxy[];
  /** One row a stimulus, or with references one a reference; a row that is missing is NaN throughout. */
  features: Features | null;
}

export interface DifficultSettings {
  lambda: number;
  epsilon: number;
  /** Without references. */
  n: number;
  /** With them: how many, and how many images of each. */
  referenceCount: number;
  perReference: number;
  /** Whether an error is divided by σ² + ε. */
  sigmaNormalised: boolean;
  /** Whether MOS and σ are scaled to 0…1 by their smallest and largest first, as the authors do. */
  minMax: boolean;
  /** Whether each proxy goes through a logistic map to MOS; not for predictions on the scale of the MOS already. */
  mapped: boolean;
}

/** The settings of the authors' code. */
export const AUTHORS_SETTINGS: DifficultSettings = {
  lambda: 0.01,
  epsilon: 1,
  n: 150,
  referenceCount: 15,
  perReference: 10,
  sigmaNormalised: true,
  minMax: true,
  mapped: true
};

export interface DifficultPick extends Pick {
  /** The mean of the proxies, on the scale of the MOS that was used. */
  prediction: number;
  /** The MOS that it was held against: scaled where `minMax` says so. */
  mos: number;
}

export interface DifficultSelection {
  /** Stimuli by row, in order. With references, the diversity is 0 and the objective the error. */
  picks: DifficultPick[];
  /** With references: those picked, in order, by place. */
  references: Pick[] | null;
  /** How many stimuli could be picked. */
  pool: number;
  /** How many could not, and why; each counted once. */
  leftOut: { mos: number; sigma: number; prediction: number; feature: number };
  /** Each proxy's agreement with MOS over the pool; rises says whether a higher value means better. */
  proxies: { name: string; srcc: number | null; plcc: number | null; rises: boolean | null }[];
}

export interface DifficultSelector {
  select(settings: DifficultSettings): DifficultSelection;
}

type Ground = Omit<DifficultSelection, 'picks' | 'references'> & {
  rows: number[];
  prediction: Float64Array;
  mos: readonly number[];
  sigma: readonly number[];
};

/**
 * Chooses difficult samples out of a dataset by what metrics say of it. Each proxy goes through its logistic map to the
 * MOS (or none), their mean is the prediction; then the greedy procedure, with references in two stages.
 *
 * Everything that does not hang on λ and ε is computed once and kept: the maps, the pool, products of features.
 * Source of the procedure: Wu, Ma, Liang, Yang, Zhang, ECCV 2024.
 * `select` throws RangeError where ε is 0 and a σ too.
 */
export function difficultSelector(input: DifficultInput): DifficultSelector {
  const grounds = new Map<string, Ground>();
  let products: FeatureProducts | null = null;
  let productsOf = '';
  return {
    select(settings) {
      const key = `${settings.sigmaNormalised} ${settings.minMax} ${settings.mapped}`;
      const ground = grounds.get(key) ?? groundOf(input, settings);
      grounds.set(key, ground);
      const { rows, prediction, mos, sigma, ...said } = ground;
      const errorOf = (row: number) => {
        const judged = {
          mos: mos[row] as number,
          sigma: sigma[row] as number,
          prediction: prediction[row] as number
        };
        const error = settings.sigmaNormalised
          ? sigmaNormalisedError(judged, settings.epsilon)
          : (judged.prediction - judged.mos) ** 2;
        if (!Number.isFinite(error)) throw new RangeError('ε is above 0 where a σ is 0');
        return error;
      };
      const errors = rows.map(errorOf);
      const pickOf = (row: number, pick: Omit<Pick, 'index'>): DifficultPick => ({
        ...pick,
        index: row,
        prediction: prediction[row] as number,
        mos: mos[row] as number
      });
      if (input.reference !== null) {
        const chosen = chooseByReference(input, input.reference, rows, errors, settings);
        return {
          picks: chosen.selected.map(({ row, error }) =>
            pickOf(row, { error, diversity: 0, objective: error })
          ),
          references: chosen.references,
          ...said
        };
      }
      if (input.features !== null && (products === null || productsOf !== key)) {
        products = featureProducts(rowsOf(input.features, rows));
        productsOf = key;
      }
      const picks = selectDifficult(errors, settings.n, { lambda: settings.lambda, products });
      return {
        picks: picks.map(({ index, ...pick }) => pickOf(rows[index] as number, pick)),
        references: null,
        ...said
      };
    }
  };
}

/** The pool and what each proxy says of it on the scale of the MOS. */
function groundOf(input: DifficultInput, settings: DifficultSettings): Ground {
  const known = (value: number | undefined) => value !== undefined && Number.isFinite(value);
  const leftOut = { mos: 0, sigma: 0, prediction: 0, feature: 0 };
  const rows: number[] = [];
  const withMos: number[] = [];
  for (let row = 0; row < input.mos.length; row++) {
    if (!known(input.mos[row])) leftOut.mos++;
    else {
      withMos.push(row);
      if (settings.sigmaNormalised && !known(input.sigma[row])) leftOut.sigma++;
      else if (!input.proxies.every(({ values }) => known(values[row]))) leftOut.prediction++;
      else if (!hasFeature(input, row)) leftOut.feature++;
      else rows.push(row);
    }
  }
  // The range is that of everything that has a MOS: leaving a stimulus out must not change the others' scale.
  const mos = scaled(input.mos, withMos, settings.minMax);
  const sigma = scaled(
    input.sigma,
    withMos.filter((row) => known(input.sigma[row])),
    settings.minMax
  );
  const prediction = new Float64Array(input.mos.length);
  const y = rows.map((row) => mos[row] as number);
  const proxies = input.proxies.map(({ name, values }) => {
    const x = rows.map((row) => values[row] as number);
    const fit = settings.mapped ? fitLogistic(x, y) : null;
    const share = 1 / input.proxies.length;
    // A proxy that explains nothing says the mean of everything.
    const flat = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
    rows.forEach((row, i) => {
      const said = !settings.mapped
        ? (x[i] as number)
        : fit === null
          ? flat
          : applyMapping(fit.mapping, x[i] as number);
      prediction[row] = (prediction[row] as number) + share * said;
    });
    return agreementOf(name, x, y, fit);
  });
  return { rows, prediction, mos, sigma, pool: rows.length, leftOut, proxies };
}

function agreementOf(
  name: string,
  x: number[],
  y: number[],
  fit: LogisticFit | null
): DifficultSelection['proxies'][number] {
  return {
    name,
    srcc: x.length < 2 ? null : spearman(x, y),
    plcc: fit?.plcc ?? null,
    rises: fit === null ? null : fit.direction === 1
  };
}

function scaled(values: Float64Array, rows: readonly number[], minMax: boolean): number[] {
  const result = new Array<number>(values.length).fill(NaN);
  const kept = rows.map((row) => values[row] as number);
  (minMax ? minMaxScaled(kept) : kept).forEach((value, i) => (result[rows[i] as number] = value));
  return result;
}

function hasFeature({ features, reference }: DifficultInput, row: number): boolean {
  if (features === null) return true;
  const place = reference === null ? row : (reference[row] as number);
  return place >= 0 && Number.isFinite(features.values[place * features.dimensions]);
}

function rowsOf({ dimensions, values }: Features, rows: readonly number[]): Features {
  if (rows.length * dimensions === values.length) return { dimensions, values };
  const kept = new Float32Array(rows.length * dimensions);
  rows.forEach((row, i) => {
    kept.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  });
  return { dimensions, values: kept };
}

/** First references that have something in the pool, then the worst of each. */
function chooseByReference(
  input: DifficultInput,
  reference: Int32Array,
  rows: readonly number[],
  errors: readonly number[],
  settings: DifficultSettings
): { references: Pick[]; selected: { row: number; error: number }[] } {
  const groups = new Map<number, { row: number; error: number }[]>();
  rows.forEach((row, i) => {
    const place = reference[row] as number;
    if (place < 0) return;
    const entry = { row, error: errors[i] as number };
    const group = groups.get(place);
    if (group) group.push(entry);
    else groups.set(place, [entry]);
  });
  const places = [...groups.keys()].sort((a, b) => a - b);
  const members = places.map((place) => groups.get(place) as { row: number; error: number }[]);
  const picked = selectDifficultByReference(
    members.map((group) => group.map(({ error }) => error)),
    settings.referenceCount,
    settings.perReference,
    {
      lambda: settings.lambda,
      features: input.features === null || places.length === 0 ? null : rowsOf(input.features, places)
    }
  );
  return {
    references: picked.references.map((pick) => ({ ...pick, index: places[pick.index] as number })),
    selected: picked.selected.map(
      ({ reference: group, index }) =>
        (members[group] as { row: number; error: number }[])[index] as { row: number; error: number }
    )
  };
}
