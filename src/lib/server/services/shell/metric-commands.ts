import * as measurements from '#lib/server/db/measurements.ts';
import * as pristineModels from '#lib/server/db/pristine-models.ts';
import { folderSource } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { openTable } from '#lib/server/tables/read-table.ts';
import { addModelFromFiles } from '../metrics/add-model.ts';
import { continueMeasurement } from '../metrics/continue-measurement.ts';
import { describeMeasured, type MeasuredDocument } from '../metrics/describe-measured.ts';
import { fitPristineFromFolder, startPristine } from '../metrics/fit-pristine.ts';
import { importFeatures, type FeatureReport } from '../metrics/import-features.ts';
import { importScores, type ScoreReport } from '../metrics/import-scores.ts';
import type { PristineSource } from '../metrics/request.ts';
import {
  enqueueMeasurement,
  startMeasurement,
  type MeasurementOptions
} from '../metrics/start-measurement.ts';
import type { Lab } from '../lab.ts';
import { sleep } from '../run/sleep.ts';
import type { Progress } from './shell-commands.ts';

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
  measure: (
    lab: Lab,
    params: MeasurementOptions & { here: boolean },
    progress: Progress
  ) => Promise<MeasuredDocument>;
  pristine: (lab: Lab, params: PristineParams, progress: Progress) => Promise<PristineDocument>;
  'add-model': (
    lab: Lab,
    params: { name: string; model: NamedFile; description: NamedFile }
  ) => Promise<{ name: string; sha256: string }>;
}

export interface PristineParams {
  name: string;
  from: { dataset: string; of: PristineSource } | { folder: NamedFile };
  /** Whether this process does the work itself instead of leaving it to the queue. */
  here: boolean;
}

export interface PristineDocument {
  name: string;
  sha256: string;
  pictures: number;
  refused: number;
  blocks: number;
}

export const metricCommands: MetricCommands = {
  async scores(lab, { dataset, file, lowerIsBetter }) {
    return importScores(lab, await tableAt(file), { dataset, lowerIsBetter });
  },

  async features(lab, { dataset, file, name }) {
    return importFeatures(lab, await tableAt(file), { dataset, name });
  },

  async measure(lab, { here, ...options }, progress) {
    const measurement = await startMeasurement(lab, options);
    await throughMeasurement(lab, measurement.id, here, progress);
    return describeMeasured(lab, options.dataset, measurement);
  },

  async pristine(lab, { name, from, here }, progress) {
    if ('folder' in from) {
      const folder = await folderSource(from.folder.path, from.folder.label);
      await fitPristineFromFolder(lab, name, folder, ({ done, total, failed }) =>
        progress({ done, total, note: `${failed} without a block` })
      );
    } else {
      const measurement = await startPristine(lab, { name, ...from });
      await throughMeasurement(lab, measurement.id, here, progress);
    }
    const model = await pristineModels.byName(lab.db, name);
    if (model === null) throw new Error(`the pristine model ${name} vanished`);
    const { pictures, refused, blocks } = model.provenance as {
      pictures: string[];
      refused: string[];
      blocks: number;
    };
    return { name, sha256: model.sha256, pictures: pictures.length, refused: refused.length, blocks };
  },

  async 'add-model'(lab, { name, model, description }) {
    const added = await addModelFromFiles(lab, name, model, description);
    return { name: added.name, sha256: added.sha256 };
  }
};

async function tableAt({ path, label }: NamedFile) {
  return { ...(await openTable(path)), label };
}

/**
 * Works on a measurement to its end, or waits until whoever works on jobs has.
 * @throws BadInput where it has failed, with its problem.
 */
async function throughMeasurement(lab: Lab, id: number, here: boolean, progress: Progress): Promise<void> {
  const say = ({ done, total, failed }: { done: number; total: number; failed: number }) =>
    progress({ done, total, note: `${failed} outcomes without a value` });
  if (here) {
    while (!(await continueMeasurement(lab, id, say))) await sleep(500, lab.stopping);
  } else {
    await enqueueMeasurement(lab, id);
  }
  for (;;) {
    const now = await measurements.byId(lab.db, id);
    if (now === null) throw new BadInput('the dataset was removed meanwhile');
    if (now.state === 'failed') throw new BadInput(now.problem ?? 'the measurement failed');
    if (now.state === 'stopped') throw new BadInput('the measurement was stopped; what was computed is kept');
    if (now.state === 'done') return say(now);
    say(now);
    await sleep(300, lab.stopping);
  }
}
