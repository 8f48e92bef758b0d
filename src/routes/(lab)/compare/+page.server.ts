import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { medianPerson } from '#lib/domain/results/median-person.ts';
import { thinned } from '#lib/domain/plots/plot.ts';
import * as studies from '#lib/server/db/studies.ts';
import { positionsOf } from '#lib/server/db/transcripts.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { compareObservers, type Comparable } from '#lib/server/services/compare-observers.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { PageServerLoad } from './$types';

const MOST_POINTS = 1000;
const MOST_ROWS = 60;
const MOST_DIFFERENCES = 12;

export const load: PageServerLoad = async ({ url }) => {
  const lab = app();
  const all = (await studies.list(lab.db)).filter((one) => one.responses > 0);
  const addresses = all.map((one) => studies.addressOf(one));
  const asked = url.searchParams.get('study') ?? addresses[0] ?? null;
  const nothing = { studies: addresses, others: [] as string[], other: null, observers: [], compared: null };
  if (asked === null) return { ...nothing, study: null, ready: true as const };
  const study = await orNotFound(() => studyNamed(lab.db, asked));
  const wanted = url.searchParams.get('other') || null;
  const other = wanted === null ? null : await orNotFound(() => studyNamed(lab.db, wanted));
  const results = await resultsWithin(lab, study);
  const others = all
    .filter((one) => one.datasetId === study.datasetId && one.id !== study.id)
    .map((one) => studies.addressOf(one));
  if (results === null || (other !== null && (await resultsWithin(lab, other)) === null))
    return { ...nothing, study: asked, ready: false as const };
  const { observers, a, b, two, plot } = await compareObservers(lab, study, {
    a: url.searchParams.get('a'),
    b: url.searchParams.get('b'),
    other
  });
  const differences = two?.differences.slice(0, MOST_DIFFERENCES) ?? [];
  const ids = differences.map(({ stimulus }) => stimulus.id);
  const read = async (one: Comparable | null) =>
    one?.run == null ? {} : Object.fromEntries(await positionsOf(lab.db, one.run, ids));
  return {
    studies: addresses,
    others,
    study: asked,
    other: wanted,
    ready: true as const,
    scenario: results.scenario,
    observers,
    compared:
      two === null || a === null || b === null
        ? null
        : {
            a,
            b,
            n: two.n,
            srcc: two.srcc,
            test: two.test,
            breakdowns: two.breakdowns,
            differences,
            positions: { a: await read(a), b: await read(b) },
            plot: plot?.plot ? thinned(plot.plot, MOST_POINTS, MOST_ROWS) : null
          },
    chosen: { a: a?.observer ?? null, b: b?.observer ?? null },
    person: medianPerson(results),
    floor: chanceFloor(results)
  };
};
