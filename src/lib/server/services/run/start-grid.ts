import * as budgets from '#lib/server/db/budgets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { checkEndpoint } from '../models/check-endpoint.ts';
import { checkRunOptions } from './check-run-options.ts';
import { planCells, type GridChoice } from './plan-grid.ts';
import { startRun } from './start-run.ts';

/**
 * Starts every run of a choice that can be and has not been started; the cap is one for all of them. All are looked at
 * before the first one starts.
 *
 * @returns the runs, in the grid's order; they still have to be put on the queue, or worked on here.
 * @throws BadInput where nothing is left to start, or one cannot start.
 */
export async function startGrid(lab: Lab, choice: GridChoice): Promise<number[]> {
  const { cells, options } = await planCells(lab, choice);
  const open = cells.flatMap((cell) => {
    const of = options.get(cell);
    return cell.run === null && cell.problem === null && of ? [of] : [];
  });
  if (open.length === 0) throw new BadInput('nothing of this is left to start');
  const cap = { maxCost: choice.maxCost, maxTotalTokens: choice.maxTotalTokens };
  for (const one of open) {
    checkRunOptions(lab, { ...one, ...cap });
    await checkEndpoint(lab.config, one.baseUrl);
  }
  const budgetId =
    cap.maxCost === null && cap.maxTotalTokens === null
      ? null
      : await budgets.create(lab.db, { maxCost: cap.maxCost, maxTokens: cap.maxTotalTokens });
  const started: number[] = [];
  for (const one of open) started.push((await startRun(lab, { ...one, budgetId })).sessionId);
  return started;
}
