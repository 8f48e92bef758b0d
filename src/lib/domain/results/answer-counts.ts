import { meanInterval } from '#lib/stats/intervals.ts';
import { protocols } from '../protocols/index.ts';
import type { Choice } from '../response.ts';
import { gradesOf } from '../scales.ts';
import type { StudyDesign } from '../study.ts';
import type { JudgedPresentation } from './observer-values.ts';
import { comparisonIn } from './sittings.ts';
import { groupOf, type SessionRecord } from './study-results.ts';

/** How often a stimulus was judged better than another by one observer, or by everybody pooled. */
export interface WinCount {
  /** Ids of stimuli, `first` < `second`. */
  first: number;
  second: number;
  winsFirst: number;
  winsSecond: number;
  ties: number;
}

/** The share of comparisons that went to what was shown first, per answer, "same" as half. */
export interface FirstShare {
  mean: number;
  /** Answers. */
  n: number;
  /** 95 %: over people where there are several, else over answers; null below two of either. */
  ci95: readonly [number, number] | null;
  over: 'people' | 'answers';
}

export interface CountedObserver {
  /** Per bin of the scale; empty where the study asks for no scores. */
  scores: number[];
  wins: WinCount[];
  first: FirstShare | null;
}

/** What a study's answers are, counted: for plots that show answers and not values. Plain data. */
export interface AnswerCounts {
  /** Bins of scores: names of grades, or the ends of equal parts of 0 to 100. */
  bins: { label: string; low: number; high: number }[];
  /** People pooled and each run, by the names that the results have. */
  observers: Record<string, CountedObserver>;
}

const EQUAL_PARTS = 20;

/** Takes a study's usable answers one by one; of a million no list is kept. */
export function countAnswers(
  design: StudyDesign,
  trials: ReadonlyMap<number, { stimuli: number[] }>,
  sessions: readonly SessionRecord[]
): { add: (answer: JudgedPresentation) => void; finish: () => AnswerCounts } {
  const bins = binsOf(design);
  const rules = protocols[design.protocol];
  const bySession = new Map(sessions.map((session) => [session.sessionId, session]));
  const names = new Map<string, { scores: number[]; wins: Map<string, WinCount> }>();
  const shares = new Map<number, { n: number; sum: number; squares: number }>();
  const own = (name: string) => {
    let found = names.get(name);
    if (!found)
      names.set(name, (found = { scores: new Array<number>(bins.length).fill(0), wins: new Map() }));
    return found;
  };

  return {
    add(answer) {
      const session = bySession.get(answer.sessionId);
      if (!session) return;
      const name = nameOf(session);
      if (name === null) return;
      if (answer.score !== null) {
        const { scores } = own(name);
        const bin = bins.findIndex(({ high }) => (answer.score as number) < high);
        const at = bin < 0 ? bins.length - 1 : bin;
        if (at >= 0) scores[at] = (scores[at] ?? 0) + 1;
        return;
      }
      const stimuli = trials.get(answer.trialId)?.stimuli;
      const given = comparisonIn(answer);
      if (!stimuli || given === null) return;
      const { wins } = own(name);
      for (const { first, second, choice } of rules.toPairVotes(
        rules.toStudyOrder(given, answer.order),
        stimuli
      ))
        addVote(wins, first, second, choice);
      const shown = answer.order.map((slot) => stimuli[slot] as number);
      const votes = rules.toPairVotes(given, shown);
      const share =
        votes.reduce((sum, { choice }) => sum + (choice === 'first' ? 1 : choice === 'same' ? 0.5 : 0), 0) /
        votes.length;
      const sums = shares.get(answer.sessionId) ?? { n: 0, sum: 0, squares: 0 };
      shares.set(answer.sessionId, {
        n: sums.n + 1,
        sum: sums.sum + share,
        squares: sums.squares + share * share
      });
    },
    finish() {
      const observers: AnswerCounts['observers'] = {};
      for (const [name, { scores, wins }] of names) {
        const members = sessions.filter((session) => nameOf(session) === name);
        const counted = members.flatMap(({ sessionId }) => shares.get(sessionId) ?? []);
        observers[name] = {
          scores,
          wins: [...wins.values()].sort((a, b) => a.first - b.first || a.second - b.second),
          first: firstShare(counted)
        };
      }
      return { bins, observers };
    }
  };
}

/** People are counted together, a run by itself; one sitting alone is not counted. */
function nameOf(session: SessionRecord): string | null {
  return session.door === 'model' ? session.observer : groupOf(session);
}

function addVote(wins: Map<string, WinCount>, a: number, b: number, choice: Choice): void {
  const swapped = a > b;
  const [first, second] = swapped ? [b, a] : [a, b];
  const key = `${first}/${second}`;
  let cell = wins.get(key);
  if (!cell) wins.set(key, (cell = { first, second, winsFirst: 0, winsSecond: 0, ties: 0 }));
  if (choice === 'same') cell.ties++;
  else if ((choice === 'first') !== swapped) cell.winsFirst++;
  else cell.winsSecond++;
}

/**
 * Places are counterbalanced, so that without a bias the share is a half. Answers of one person hang together: with three
 * people or more the interval is over their means, whatever each answered.
 */
function firstShare(members: readonly { n: number; sum: number; squares: number }[]): FirstShare | null {
  const n = members.reduce((sum, one) => sum + one.n, 0);
  if (n === 0) return null;
  const mean = members.reduce((sum, one) => sum + one.sum, 0) / n;
  if (members.length > 1) {
    const each = members.map((one) => one.sum / one.n);
    const middle = each.reduce((sum, one) => sum + one, 0) / each.length;
    const variance = each.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (each.length - 1);
    // Two people have an interval that says nothing.
    const ci95 = each.length < 3 ? null : meanInterval(middle, Math.sqrt(variance), each.length);
    return { mean: ci95 === null ? mean : middle, n, ci95, over: 'people' };
  }
  const squares = members.reduce((sum, one) => sum + one.squares, 0);
  const variance = n < 2 ? 0 : Math.max(0, (squares - n * mean * mean) / (n - 1));
  return {
    mean,
    n,
    ci95: n < 2 ? null : meanInterval(mean, Math.sqrt(variance), n),
    over: 'answers'
  };
}

function binsOf({ protocol, scale }: StudyDesign): AnswerCounts['bins'] {
  if (protocol !== 'single-stimulus') return [];
  const grades = gradesOf(scale);
  if (grades === null) {
    const width = 100 / EQUAL_PARTS;
    return Array.from({ length: EQUAL_PARTS }, (_, i) => ({
      label: `${i * width} to ${(i + 1) * width}`,
      low: i * width,
      high: (i + 1) * width
    }));
  }
  const step = 100 / (grades - 1);
  return Array.from({ length: grades }, (_, i) => ({
    label: String(i + 1),
    low: (i - 0.5) * step,
    high: (i + 0.5) * step
  }));
}
