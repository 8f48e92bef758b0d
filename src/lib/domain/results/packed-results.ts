import type { ObserverValue } from './observer-values.ts';
import type { StimulusResult, StudyResults } from './study-results.ts';

/**
 * A study's results with every stimulus's values as columns: a value is 40 bytes instead of an object, and a million of
 * them cross from a worker thread as one block. What is missing is NaN.
 */
export interface PackedResults {
  results: Omit<StudyResults, 'stimuli'>;
  stimuli: Omit<StimulusResult, 'values'>[];
  observers: string[];
  /** Values of stimulus i are those from `from[i]` up to `from[i + 1]`. */
  from: Uint32Array;
  /** Place in `observers`. */
  observer: Uint32Array;
  n: Uint32Array;
  value: Float64Array;
  scaled: Float64Array;
  sigma: Float64Array;
  se: Float64Array;
}

export function packResults({ stimuli, ...results }: StudyResults): PackedResults {
  const places = new Map<string, number>();
  let count = 0;
  for (const { values } of stimuli) {
    for (const name in values) {
      count++;
      if (!places.has(name)) places.set(name, places.size);
    }
  }
  const packed: PackedResults = {
    results,
    stimuli: stimuli.map(({ values: _, ...stimulus }) => stimulus),
    observers: [...places.keys()],
    from: new Uint32Array(stimuli.length + 1),
    observer: new Uint32Array(count),
    n: new Uint32Array(count),
    value: new Float64Array(count),
    scaled: new Float64Array(count),
    sigma: new Float64Array(count),
    se: new Float64Array(count)
  };
  let at = 0;
  stimuli.forEach(({ values }, i) => {
    for (const [name, one] of Object.entries(values)) {
      packed.observer[at] = places.get(name) as number;
      packed.n[at] = one.n;
      packed.value[at] = one.value;
      packed.scaled[at] = one.scaled ?? Number.NaN;
      packed.sigma[at] = one.sigma ?? Number.NaN;
      packed.se[at] = one.se ?? Number.NaN;
      at++;
    }
    packed.from[i + 1] = at;
  });
  return packed;
}

/** The same results; a stimulus's values are made anew each time that they are read. */
export function unpackResults(packed: PackedResults): StudyResults {
  return {
    ...packed.results,
    stimuli: packed.stimuli.map((stimulus, i) =>
      Object.defineProperty({ ...stimulus } as StimulusResult, 'values', {
        enumerable: true,
        get: () => valuesOf(packed, i)
      })
    )
  };
}

function valuesOf(packed: PackedResults, stimulus: number): Record<string, ObserverValue> {
  const values: Record<string, ObserverValue> = {};
  const end = packed.from[stimulus + 1] as number;
  for (let at = packed.from[stimulus] as number; at < end; at++) {
    values[packed.observers[packed.observer[at] as number] as string] = {
      value: packed.value[at] as number,
      scaled: orNull(packed.scaled[at] as number),
      n: packed.n[at] as number,
      sigma: orNull(packed.sigma[at] as number),
      se: orNull(packed.se[at] as number)
    };
  }
  return values;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
