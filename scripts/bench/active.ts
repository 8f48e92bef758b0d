import { chooseActivePairs } from '../../src/lib/domain/planning/active-pairs.ts';
import { assignTrials } from '../../src/lib/domain/planning/assignment.ts';
import { planPairs } from '../../src/lib/domain/planning/plan-pairs.ts';
import { scaleBelief } from '../../src/lib/domain/scaling/scale-belief.ts';
import { scaleVotes } from '../../src/lib/domain/scaling/scale-votes.ts';
import { collectVotes, type WinTable } from '../../src/lib/domain/scaling/votes.ts';
import { spearman } from '../../src/lib/stats/correlation.ts';
import { normalCdf } from '../../src/lib/stats/normal.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';

const PER_RATER = 40;
const GOALS = [0.9, 0.95, 0.97];

/** active [items 100] [SD of the scale 1.5] [simulated studies 10]: votes that an accuracy costs, fixed and active. */
export function run([items = '100', spread = '1.5', studies = '10']: string[]): Promise<void> {
  const n = Number(items);
  const pairsPerItem = Math.floor((n - 1) / 2);
  console.log(
    `simulated observers without lapses, Thurstone Case V, ${n} items from N(0, ${spread}²), ${PER_RATER} trials a rater,` +
      ` all pairs, ${studies} studies`
  );
  const votes = { fixed: GOALS.map(() => 0), active: GOALS.map(() => 0) };
  let chooseMs = 0;
  let choices = 0;
  for (let study = 0; study < Number(studies); study++) {
    const nature = seededRandom(`nature ${study}`);
    const truth = Array.from({ length: n }, () => Number(spread) * nature.normal());
    for (const how of ['fixed', 'active'] as const) {
      const random = seededRandom(`${how} ${study}`);
      const pairs = planPairs(n, pairsPerItem, random.fork('plan'));
      const answers = new Int32Array(pairs.length);
      const given: [number, number, 'first' | 'second'][] = [];
      let goal = 0;
      while (goal < GOALS.length && given.length < 200 * n) {
        const begun = performance.now();
        const chosen =
          how === 'fixed'
            ? assignTrials([...answers], PER_RATER, random)
            : chooseActivePairs({
                belief: scaleBelief(tableOf(given, n)),
                pairs,
                size: PER_RATER,
                random
              }).chosen;
        if (how === 'active') {
          chooseMs += performance.now() - begun;
          choices++;
        }
        for (const pair of chosen) {
          const [i, j] = pairs[pair] as [number, number];
          answers[pair] = (answers[pair] as number) + 1;
          const first = random.uniform() < normalCdf((truth[i] as number) - (truth[j] as number));
          given.push([i, j, first ? 'first' : 'second']);
        }
        const scale = scaleVotes(tableOf(given, n), { standardErrors: false });
        if (!scale.ok) continue;
        const reached = spearman(scale.scale, truth) ?? 0;
        while (goal < GOALS.length && reached >= (GOALS[goal] as number)) {
          (votes[how][goal] as number) += given.length;
          goal++;
        }
      }
    }
  }
  GOALS.forEach((goal, k) => {
    const fixed = (votes.fixed[k] as number) / Number(studies);
    const active = (votes.active[k] as number) / Number(studies);
    console.log(
      `SRCC ${goal}: fixed ${fixed.toFixed(0)} votes, active ${active.toFixed(0)}, ratio ${(active / fixed).toFixed(2)}`
    );
  });
  console.log(`belief and choice of a rater's trials: ${(chooseMs / choices).toFixed(0)} ms on average`);
  return Promise.resolve();
}

function tableOf(votes: readonly [number, number, 'first' | 'second'][], items: number): WinTable {
  const collector = collectVotes();
  for (const [first, second, choice] of votes) collector.add(first, second, choice);
  return collector.finish(items);
}
