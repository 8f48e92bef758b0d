/** How a subset was chosen, as its record says it: what pages print. */
export interface ChosenSubset {
  method: string;
  parameters: unknown;
}

export interface DifficultRecord {
  lambda: number;
  epsilon: number;
  n?: number;
  references?: number;
  perReference?: number;
  sigmaNormalised: boolean;
  minMax: boolean;
  mapped: boolean;
  differenceAsQuality?: boolean;
  pool: number;
  proxies: { name: string; version: string; origin: string; srcc: number | null; plcc: number | null }[];
  features: { name: string; version: string; origin: string; dimension: number } | null;
  exclude: string[];
  inputs: Record<string, string>;
}

/** The record of difficult samples; null for another method, or a record that is older than this. */
export function difficultRecord({ method, parameters }: ChosenSubset): DifficultRecord | null {
  const record = parameters as Partial<DifficultRecord> | null;
  return method === 'difficult' && Array.isArray(record?.proxies) && record.inputs !== undefined
    ? (record as DifficultRecord)
    : null;
}

/** One line. */
export function howChosen(subset: ChosenSubset): string {
  const difficult = difficultRecord(subset);
  const parameters = (subset.parameters ?? {}) as Record<string, unknown>;
  const each =
    parameters['references'] === undefined
      ? ''
      : `, ${String(parameters['references'])} references × ${String(parameters['perReference'])}`;
  if (difficult !== null) {
    const by = difficult.proxies.map(({ name }) => name).join(' and ');
    const features = difficult.features === null ? 'no features' : difficult.features.name;
    return `difficult by ${by}, λ ${difficult.lambda}, ε ${difficult.epsilon}, ${features}${each}`;
  }
  const method = {
    all: 'everything that is judged',
    uniform: `evenly over MOS rank${each}`,
    difficult: 'difficult samples',
    'by-hand': 'by hand'
  }[subset.method];
  return method ?? subset.method;
}
