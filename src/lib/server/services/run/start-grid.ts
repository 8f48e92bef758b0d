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
 * @param stopAtCap start although the estimate is above the cap, and stop there.
 * @returns the runs, in the grid's order; they still have to be put on the queue, or worked on here.
 * @throws BadInput where nothing is left to start, or one cannot start.
 */
export async function startGrid(
  lab: Lab,
  choice: GridChoice,
  { stopAtCap }: { stopAtCap: boolean }
): Promise<number[]> {
  const { cells, options, totals } = await planCells(lab, choice);
  const open = cells.flatMap((cell) => {
    const of = options.get(cell);
    return cell.run === null && cell.problem === null && of ? [of] : [];
  });
  if (open.length === 0) throw new BadInput('nothing of this is left to start');
  const tokens = totals.tokensIn + totals.tokensOut;
  const above =
    (choice.maxCost !== null && totals.cost !== null && totals.cost > choice.maxCost) ||
    (choice.maxTotalTokens !== null && tokens > choice.maxTotalTokens);
  if (above && !stopAtCap) {
    throw new BadInput(
      'the estimate is above the cap: raise the cap, choose less, or say that the runs may stop at it'
    );
  }
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
