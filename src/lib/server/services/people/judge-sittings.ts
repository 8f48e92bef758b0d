import { hastyBelowMs } from '#lib/domain/monitoring/sitting-evidence.ts';
import {
  countKnown,
  NOTHING_KNOWN,
  payable,
  usable,
  type Known,
  type SittingFacts,
  type Verdict
} from '#lib/domain/monitoring/sitting-verdict.ts';
import * as known from '#lib/server/db/known-answers.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { staleAfterMs } from '../sitting/stale-after.ts';

export interface JudgedSitting extends sittings.Sitting {
  known: Known;
  payable: Verdict;
  usable: Verdict;
}

/** How the gold, the traps and the repeats of some sittings (null: of all) turned out. */
export async function knownOf(
  lab: Pick<Lab, 'db'>,
  study: Pick<Study, 'id' | 'design'>,
  sessionIds: readonly number[] | null
): Promise<Map<number, Known>> {
  const { design } = study;
  const checked = design.gold !== undefined || design.traps !== undefined;
  const repeated = design.hiddenRepeats > 0 || design.bothOrders;
  const [checks, twice] = await Promise.all([
    checked ? known.answeredChecks(lab.db, study.id, sessionIds) : [],
    repeated ? known.answeredTwice(lab.db, study.id, sessionIds) : []
  ]);
  const bySession = new Map<number, { checks: known.AnsweredCheck[]; twice: known.AnsweredTwice[] }>();
  const own = (session: number) => {
    let found = bySession.get(session);
    if (!found) bySession.set(session, (found = { checks: [], twice: [] }));
    return found;
  };
  for (const one of checks) own(one.session).checks.push(one);
  for (const one of twice) own(one.session).twice.push(one);
  return new Map(
    [...bySession].map(([session, one]) => [session, countKnown(one.checks, one.twice, design)])
  );
}

/** Sittings with whether they are to be paid and whether they are used, by the study's own rules. */
export async function judgeSittings(
  lab: Pick<Lab, 'db'>,
  study: Study,
  found: readonly sittings.Sitting[]
): Promise<JudgedSitting[]> {
  const rules = study.design.sitting;
  const all = await knownOf(
    lab,
    study,
    found.map(({ id }) => id)
  );
  const away = staleAfterMs(study.design);
  return found.map((sitting) => {
    const facts: SittingFacts = {
      ...sitting,
      known: all.get(sitting.id) ?? NOTHING_KNOWN,
      stale: sitting.state === 'active' && Date.now() - new Date(sitting.lastSeenAt).getTime() > away
    };
    return {
      ...sitting,
      known: facts.known,
      payable: payable(facts, rules?.payable, rules?.attention),
      usable: usable(facts, rules?.usable)
    };
  });
}

/** Every sitting of a study, oldest first. */
export async function judgedSittings(lab: Pick<Lab, 'db'>, study: Study): Promise<JudgedSitting[]> {
  const { sittings: found } = await sittings.page(lab.db, study.id, {
    hastyBelowMs: hastyBelowMs(study.design),
    offset: 0,
    limit: null
  });
  return judgeSittings(lab, study, found.reverse());
}

/** The sittings whose answers the study's own rule keeps out of its analyses; none where it states no rule. */
export async function unusableSittings(lab: Pick<Lab, 'db'>, study: Study): Promise<ReadonlySet<number>> {
  if (study.design.sitting?.usable === undefined) return new Set();
  const all = await judgedSittings(lab, study);
  return new Set(all.filter((one) => one.usable.is === false).map(({ id }) => id));
}
