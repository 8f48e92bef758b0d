import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import type { ImportOptions } from './import-options.ts';
import type { Match } from './match-rows.ts';
import { inferMosRange, type Refusal } from './mos-table.ts';

/**
 * The dataset that pictures come into: a new one, or the one of this name that was cut off or is to be added to.
 *
 * @throws BadInput where it cannot be.
 */
export async function openDataset(
  lab: Pick<Lab, 'db'>,
  options: ImportOptions,
  range: { low: number; high: number } | null
): Promise<datasets.Dataset> {
  const existing = await datasets.byName(lab.db, options.name);
  if (existing) {
    // An import that was cut off left its dataset in the state "importing": calling again goes on with it.
    if (!options.ifMissing && existing.state === 'ready') {
      throw new BadInput(`a dataset named ${JSON.stringify(options.name)} exists already`);
    }
    if (existing.scenario !== options.scenario) {
      throw new BadInput(
        `the dataset ${JSON.stringify(options.name)} is ${existing.scenario}, not ${options.scenario}`
      );
    }
    if (existing.mosLow === null && range !== null) {
      await datasets.update(lab.db, existing.id, { mosLow: range.low, mosHigh: range.high });
    }
    return existing;
  }
  const created = await datasets.create(lab.db, {
    name: options.name,
    scenario: options.scenario,
    layout: options.layout,
    attribute: options.attribute ?? null,
    licence: options.licence ?? null,
    mosLow: range?.low ?? null,
    mosHigh: range?.high ?? null,
    mosDirection: options.direction ?? 1,
    source: options.source ?? null,
    made: options.made ?? null,
    simulated: options.simulated ?? false
  });
  if (!created) throw new BadInput(`a dataset named ${JSON.stringify(options.name)} exists already`);
  return created;
}

/** The scale that was said or is inferred; a MOS outside a scale that was said refuses its row. */
export function mosRange(
  options: ImportOptions,
  match: Match,
  refused: Refusal[]
): { low: number; high: number } | null {
  const rows = options.mos?.rows ?? [];
  if (!rows.some((row) => row.mos !== null)) return options.mosRange;
  const range = options.mosRange ?? inferMosRange(rows);
  if (range === null) {
    throw new BadInput('the MOS fit none of the usual scales (1–5, 0–10, 0–100, 0–1); say which it is', {
      file: options.mos?.label,
      option: '--mos-range LO,HI'
    });
  }
  for (const [name, { row }] of match.test) {
    if (row?.mos == null || (row.mos >= range.low && row.mos <= range.high)) continue;
    match.test.delete(name);
    refused.push({
      file: options.mos?.label ?? name,
      line: row.line,
      reason: `a MOS of ${row.mos} lies outside the scale ${range.low} to ${range.high}`
    });
  }
  return range;
}
