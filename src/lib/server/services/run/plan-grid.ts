import type { Readout } from '#lib/domain/observer.ts';
import type { RunEstimate } from '#lib/domain/run-estimate.ts';
import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { modelNamed, optionsOf } from '../models/find-model.ts';
import { planRun } from './plan-run.ts';
import { paceKey } from './prepare-run.ts';
import { observerName, RUN_DEFAULTS, type RunOptions } from './start-run.ts';

/** Studies × registered models × strategies. Studies of all three protocols and all strategies: the nine systems. */
export interface GridChoice {
  studies: string[];
  models: string[];
  strategies: Strategy[];
  readout: Readout;
  repeats: number;
  bothOrders: boolean;
  /** By the endpoint’s Batch API, at its price. */
  batch: boolean;
  /** US dollars, for all runs together. */
  maxCost: number | null;
  maxTotalTokens: number | null;
}

export interface GridCell {
  study: string;
  protocol: string;
  model: string;
  strategy: Strategy;
  /** Why this cell cannot be run. */
  problem: string | null;
  /** What it would ask for; null where it cannot run. */
  estimate: RunEstimate | null;
  /** The run that there is of it. */
  run: runLists.ListedRun | null;
}

export interface Grid {
  cells: GridCell[];
  /** Of the cells that can be run and have not been. */
  totals: {
    runs: number;
    requests: number;
    pictures: number;
    tokensIn: number;
    tokensOut: number;
    /** US dollars; null where a model has no price. */
    cost: number | null;
    /** Everything at once, within each endpoint's limits. */
    ms: number;
  };
}

/** A grid with what each of its cells would be started with. */
export interface GridPlan extends Grid {
  options: Map<GridCell, RunOptions>;
}

/**
 * What the runs of a choice would ask for, cell by cell and together, and how those stand that there are. Nothing is
 * stored or sent.
 *
 * @throws BadInput for a study or model that does not exist.
 */
export async function planGrid(lab: Pick<Lab, 'db'>, choice: GridChoice): Promise<Grid> {
  const { cells, totals } = await planCells(lab, choice);
  return { cells, totals };
}

export async function planCells(lab: Pick<Lab, 'db'>, choice: GridChoice): Promise<GridPlan> {
  const unknown = choice.strategies.find((one) => !STRATEGIES.includes(one));
  if (unknown !== undefined) throw new BadInput(`there is no strategy ${JSON.stringify(unknown)}`);
  const models = await Promise.all(choice.models.map((name) => modelNamed(lab.db, name)));
  const plan: GridPlan = {
    cells: [],
    options: new Map(),
    totals: { runs: 0, requests: 0, pictures: 0, tokensIn: 0, tokensOut: 0, cost: 0, ms: 0 }
  };
  /** Time by endpoint: its limits are shared, waiting for answers is not. */
  const busy: Busy = new Map();
  for (const name of choice.studies) {
    const study = await studyNamed(lab.db, name);
    const runs = await runLists.list(lab.db, study.id);
    for (const model of models) {
      for (const strategy of choice.strategies) {
        const options: RunOptions = {
          ...RUN_DEFAULTS,
          ...optionsOf(model),
          study: studies.addressOf(study),
          strategy,
          readout: choice.readout,
          repeats: choice.repeats,
          bothOrders: choice.bothOrders,
          batch: choice.batch
        };
        const cell: GridCell = {
          study: options.study,
          protocol: study.protocol,
          model: model.name,
          strategy,
          problem: study.state === 'open' ? null : 'the study is closed',
          estimate: null,
          run: runOf(runs, options)
        };
        plan.cells.push(cell);
        plan.options.set(cell, options);
        if (cell.problem !== null) continue;
        try {
          cell.estimate = await planRun(lab, options);
        } catch (error) {
          if (!(error instanceof BadInput)) throw error;
          cell.problem = error.onPage;
          continue;
        }
        if (cell.run === null) add(plan.totals, busy, options, cell.estimate);
      }
    }
  }
  plan.totals.ms = Math.max(0, ...[...busy.values()].map((one) => Math.max(one.limited, one.longest)));
  return plan;
}

/** The last run of exactly this observer; one that was cancelled can be had again. */
function runOf(runs: readonly runLists.ListedRun[], options: RunOptions): runLists.ListedRun | null {
  const observer = observerName(options);
  return (
    runs.findLast(
      (one) =>
        (one.observer === observer || one.observer.startsWith(`${observer} · run `)) &&
        one.baseUrl === options.baseUrl &&
        one.state !== 'cancelled'
    ) ?? null
  );
}

type Busy = Map<string, { limited: number; longest: number }>;

function add(totals: Grid['totals'], busy: Busy, options: RunOptions, estimate: RunEstimate): void {
  totals.runs++;
  totals.requests += estimate.requests;
  totals.pictures += estimate.pictures;
  totals.tokensIn += estimate.tokensIn;
  totals.tokensOut += estimate.tokensOut;
  totals.cost = totals.cost === null || estimate.cost === null ? null : totals.cost + estimate.cost;
  const key = paceKey(options);
  const of = busy.get(key) ?? { limited: 0, longest: 0 };
  of.limited += estimate.msByLimits;
  of.longest = Math.max(of.longest, estimate.ms);
  busy.set(key, of);
}
