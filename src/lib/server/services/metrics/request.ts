/** What a measurement is asked to do: kept in its row, so that any process can go on with it. */
export type MeasurementRequest =
  | { kind: 'measure'; metricIds: number[]; featureSetIds: number[] }
  | { kind: 'pristine'; name: string; of: PristineSource };

/** The undistorted pictures that NIQE is to measure against. */
export type PristineSource = { what: 'references' } | { what: 'all' } | { what: 'subset'; subset: string };
