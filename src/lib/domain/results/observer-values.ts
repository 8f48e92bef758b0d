import { protocols } from '../protocols/index.ts';
import type { Answer, Choice } from '../response.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes, type VoteCollector } from '../scaling/votes.ts';
import type { StudyDesign } from '../study.ts';

/** One usable answer to a test trial, as stored; people and models alike. */
export interface JudgedPresentation {
  sessionId: number;
  trialId: number;
  /** Which pass over the trial. */
  pass: number;
  /** Trial slots in the order shown. */
  order: number[];
  /** 0–100. */
  score: number | null;
  /** As shown. */
  choice: string | null;
  /** Per position shown, best highest. */
  ranking: number[] | null;
  /** What a model's own token probabilities gave each answer to a pair, as shown; absent unless they were read. */
  probabilities?: { first: number; second: number; same: number } | null;
  /** When it came in, in milliseconds since 1970. */
  at?: number;
}

/** A value that one observer (or group) gives one stimulus. */
export interface ObserverValue {
  /** Mean score, or scale value. */
  value: number;
  /** min..max of its scale on 0–100 (for scores, the score itself); null when all are equal. */
  scaled: number | null;
  /** Answers behind it: scores, or votes. */
  n: number;
  /** SD of the scores (n − 1); null below two, and for scales. */
  sigma: number | null;
  /** Standard error: of the mean, or of the scale value. */
  se: number | null;
}

/** Takes answers one by one and turns them into values. */
export interface ValueCollector {
  add(presentation: JudgedPresentation): void;
  values(): Map<number, ObserverValue>;
}

export interface StudyTrials {
  design: StudyDesign;
  /** Slots and reference of each trial. */
  trials: Map<number, { stimuli: number[]; referenceId: number | null }>;
}

/** The same step for every kind of observer: scores become means, choices and rankings a Thurstone Case V scale. */
export function collectValues(study: StudyTrials): ValueCollector {
  return study.design.protocol === 'single-stimulus' ? collectScores(study) : collectScale(study);
}

function collectScores({ trials }: StudyTrials): ValueCollector {
  // Welford's sums: one pass, no list of scores.
  const sums = new Map<number, { n: number; mean: number; squares: number }>();
  return {
    add({ trialId, score }) {
      const stimulus = trials.get(trialId)?.stimuli[0];
      if (stimulus === undefined || score === null) return;
      const sum = sums.get(stimulus) ?? { n: 0, mean: 0, squares: 0 };
      sum.n++;
      const delta = score - sum.mean;
      sum.mean += delta / sum.n;
      sum.squares += delta * (score - sum.mean);
      sums.set(stimulus, sum);
    },
    values() {
      return new Map(
        [...sums].map(([stimulus, { n, mean, squares }]) => {
          const sigma = n < 2 ? null : Math.sqrt(squares / (n - 1));
          return [
            stimulus,
            { value: mean, scaled: mean, n, sigma, se: sigma === null ? null : sigma / Math.sqrt(n) }
          ];
        })
      );
    }
  };
}

/** One scale for a no-reference study; one for each reference otherwise. */
function collectScale({ design, trials }: StudyTrials): ValueCollector {
  const rules = protocols[design.protocol];
  const pools = new Map<number, { items: Map<number, number>; votes: VoteCollector }>();
  return {
    add({ trialId, order, choice, ranking }) {
      const trial = trials.get(trialId);
      if (!trial) return;
      const answer: Answer | null =
        choice !== null
          ? { kind: 'choice', choice: choice as Choice }
          : ranking !== null
            ? { kind: 'ranking', ranks: ranking }
            : null;
      if (answer === null) return;
      const pool = pools.get(trial.referenceId ?? 0) ?? {
        items: new Map<number, number>(),
        votes: collectVotes()
      };
      pools.set(trial.referenceId ?? 0, pool);
      const item = (stimulus: number): number => {
        const known = pool.items.get(stimulus);
        if (known !== undefined) return known;
        pool.items.set(stimulus, pool.items.size);
        return pool.items.size - 1;
      };
      for (const vote of rules.toPairVotes(rules.toStudyOrder(answer, order), trial.stimuli)) {
        pool.votes.add(item(vote.first), item(vote.second), vote.choice);
      }
    },
    values() {
      const values = new Map<number, ObserverValue>();
      for (const { items, votes } of pools.values()) {
        const scale = scaleVotes(votes.finish(), { model: 'thurstone', estimator: 'map', ties: 'split' });
        // MAP exists for any votes: a refusal is a broken promise, not missing data.
        if (!scale.ok) throw new Error(`a MAP scale was refused: ${scale.reason}`);
        for (const [stimulus, index] of items) {
          values.set(stimulus, {
            value: scale.scale[index] as number,
            scaled: scale.scaled[index] ?? null,
            n: scale.votes[index] as number,
            sigma: null,
            se: scale.se?.[index] ?? null
          });
        }
      }
      return values;
    }
  };
}
