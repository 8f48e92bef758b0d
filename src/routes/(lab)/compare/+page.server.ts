import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { compareTwo } from '#lib/domain/results/compare-two.ts';
import { isSitting } from '#lib/domain/results/headline.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { PageServerLoad } from './$types';

const MOST_POINTS = 2000;
const MOST_DIFFERENCES = 12;

export const load: PageServerLoad = async ({ url }) => {
  const lab = app();
  const all = (await studies.list(lab.db))
    .filter((one) => one.responses > 0)
    .map((one) => studies.addressOf(one));
  const asked = url.searchParams.get('study') ?? all[0] ?? null;
  if (asked === null) return { studies: all, study: null, ready: true as const, observers: [], two: null };
  const study = await orNotFound(() => studyNamed(lab.db, asked));
  const results = await resultsWithin(lab, study);
  if (results === null)
    return { studies: all, study: asked, ready: false as const, observers: [], two: null };
  const observers = results.observers
    .filter((one) => one.n > 0)
    .map((one) => ({
      observer: one.observer,
      simulated: one.simulated,
      sitting: isSitting(one),
      sessionId: one.sessionId
    }));
  const named = (name: string | null, other: number) =>
    observers.find((one) => one.observer === name) ?? observers.filter((one) => !one.sitting)[other] ?? null;
  const a = named(url.searchParams.get('a'), 0);
  const b = named(url.searchParams.get('b'), 1);
  const two = a === null || b === null || a === b ? null : compareTwo(results, a.observer, b.observer);
  return {
    studies: all,
    study: asked,
    ready: true as const,
    protocol: results.protocol,
    scenario: results.scenario,
    observers,
    a,
    b,
    floor: chanceFloor(results),
    two: two && {
      ...two,
      points: two.points.slice(0, MOST_POINTS),
      differences: two.differences.slice(0, MOST_DIFFERENCES)
    }
  };
};
