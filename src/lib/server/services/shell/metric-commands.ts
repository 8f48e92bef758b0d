import { openTable } from '#lib/server/tables/read-table.ts';
import { importFeatures, type FeatureReport } from '../metrics/import-features.ts';
import { importScores, type ScoreReport } from '../metrics/import-scores.ts';
import type { Lab } from '../lab.ts';

/** A file on this machine: where it is, and as the person gave it, for messages. */
export interface NamedFile {
  path: string;
  label: string;
}

/** The shell's commands about metrics and features. */
export interface MetricCommands {
  scores: (
    lab: Lab,
    params: { dataset: string; file: NamedFile; lowerIsBetter: string[] | 'all' }
  ) => Promise<ScoreReport>;
  features: (lab: Lab, params: { dataset: string; file: NamedFile; name: string }) => Promise<FeatureReport>;
}

export const metricCommands: MetricCommands = {
  async scores(lab, { dataset, file, lowerIsBetter }) {
    return importScores(lab, await tableAt(file), { dataset, lowerIsBetter });
  },
  async features(lab, { dataset, file, name }) {
    return importFeatures(lab, await tableAt(file), { dataset, name });
  }
};

async function tableAt({ path, label }: NamedFile) {
  return { ...(await openTable(path)), label };
}
