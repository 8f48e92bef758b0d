import * as models from '#lib/server/db/models.ts';
import type { Model } from '#lib/server/db/models.ts';
import type { Lab } from '../lab.ts';
import { modelNamed, optionsOf } from '../models/find-model.ts';
import { registerModel, removeModel, type ModelOptions } from '../models/register-model.ts';
import { planGrid, type Grid, type GridChoice } from '../run/plan-grid.ts';
import { startGrid } from '../run/start-grid.ts';
import { continueRun } from '../run/continue-run.ts';
import { enqueueRun } from '../run/control-run.ts';
import { sleep } from '../run/sleep.ts';
import type { Progress } from './shell-commands.ts';

/** The shell's commands about registered models and runs of many at once. */
export interface ModelCommands {
  models: (lab: Lab, params: Record<string, never>) => Promise<Model[]>;
  'model-add': (lab: Lab, params: { options: ModelOptions; key: string | null }) => Promise<Model>;
  'model-remove': (lab: Lab, params: { name: string }) => Promise<{ removed: string }>;
  /** What a run takes from a registered model. */
  'model-options': (lab: Lab, params: { name: string }) => Promise<ReturnType<typeof optionsOf>>;
  grid: (lab: Lab, params: GridParams, progress: Progress) => Promise<Grid>;
}

export interface GridParams {
  choice: GridChoice;
  /** Only says what it would ask for. */
  estimateOnly: boolean;
  /** Starts although the estimate is above the cap. */
  stopAtCap: boolean;
  /** Whether this process works on the runs itself. */
  here: boolean;
}

export const modelCommands: ModelCommands = {
  models: (lab) => models.list(lab.db),
  'model-add': (lab, { options, key }) => registerModel(lab, options, key),
  async 'model-remove'(lab, { name }) {
    await removeModel(lab, name);
    return { removed: name };
  },
  'model-options': async (lab, { name }) => optionsOf(await modelNamed(lab.db, name)),

  async grid(lab, { choice, estimateOnly, stopAtCap, here }, progress) {
    if (estimateOnly) return planGrid(lab, choice);
    const started = await startGrid(lab, choice, { stopAtCap });
    const tell = async () => {
      const grid = await planGrid(lab, choice);
      const ours = grid.cells.flatMap(({ run }) => (run !== null && started.includes(run.id) ? [run] : []));
      const sum = (key: 'answered' | 'presentations') => ours.reduce((total, run) => total + run[key], 0);
      const over = ours.filter((run) => !['queued', 'running'].includes(run.state)).length;
      progress({
        done: sum('answered'),
        total: sum('presentations'),
        note: `${over} of ${ours.length} runs over`
      });
      return { grid, all: over === ours.length };
    };
    const working = here
      ? Promise.all(started.map((id) => continueRun(lab, id)))
      : Promise.all(started.map((id) => enqueueRun(lab, id)));
    for (let ended = false; !ended;) {
      ended = (await tell()).all;
      if (!ended) await sleep(1000, lab.stopping);
    }
    await working;
    return (await tell()).grid;
  }
};
