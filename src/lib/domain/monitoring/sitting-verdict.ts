import { isKnownAnswer, type KnownAnswer } from '../known-answer.ts';
import { protocols } from '../protocols/index.ts';
import type { Answer, Choice } from '../response.ts';
import type { AttentionRule, PayableRule, SittingPlan, UsableRule } from '../sitting-plan.ts';
import type { StudyDesign } from '../study.ts';
import type { SittingTally } from './sitting-evidence.ts';

/** Two scores of one trial agree within one step of five labels, in points of 100. */
export const REPEAT_STEP = 25;

/** An answer as it is stored, about the slots as shown. */
export interface StoredAnswer {
  /** Trial slots in the order shown. */
  order: readonly number[];
  score: number | null;
  raw: number | null;
  choice: string | null;
  ranking: readonly number[] | null;
}

type Asked = Pick<StudyDesign, 'protocol' | 'scale' | 'groupSize'>;

/** How somebody's answers to what is known of them turned out. */
export interface Known {
  gold: { right: number; of: number };
  traps: { missed: number; of: number };
  /** Of what was asked twice: trials of a score or a choice, comparisons of a ranking. */
  repeats: { agreed: number; of: number };
}

export const NOTHING_KNOWN: Known = {
  gold: { right: 0, of: 0 },
  traps: { missed: 0, of: 0 },
  repeats: { agreed: 0, of: 0 }
};

/** @returns null where nothing usable came back. */
export function answerOf({ score, raw, choice, ranking }: Omit<StoredAnswer, 'order'>): Answer | null {
  if (score !== null) return { kind: 'score', score, raw: raw ?? score };
  if (choice !== null)
    return { kind: 'choice', choice: choice as Choice, ...(raw === null ? {} : { grade: raw }) };
  return ranking === null ? null : { kind: 'ranking', ranks: [...ranking] };
}

/**
 * Counts a sitting's answers to gold and traps, and how far what was asked twice was answered alike: scores within
 * `REPEAT_STEP` points, the same choice (on CCR its sign), of a ranking each comparison that it contains.
 */
export function countKnown(
  checks: readonly (StoredAnswer & { expected: KnownAnswer })[],
  twice: readonly { first: StoredAnswer; second: StoredAnswer }[],
  design: Asked
): Known {
  const known: Known = structuredClone(NOTHING_KNOWN);
  const rules = protocols[design.protocol];
  for (const { expected, ...stored } of checks) {
    const shown = answerOf(stored);
    if (shown === null) continue;
    const met = isKnownAnswer(expected, { shown, own: rules.toStudyOrder(shown, stored.order) }, design);
    if (expected.kind === 'gold') {
      known.gold.of++;
      if (met) known.gold.right++;
    } else {
      known.traps.of++;
      if (!met) known.traps.missed++;
    }
  }
  for (const { first, second } of twice) {
    const [one, other] = [first, second].map((stored) => {
      const shown = answerOf(stored);
      return shown === null ? null : rules.toStudyOrder(shown, stored.order);
    });
    if (!one || !other) continue;
    if (one.kind === 'score' && other.kind === 'score') {
      known.repeats.of++;
      if (Math.abs(one.score - other.score) <= REPEAT_STEP) known.repeats.agreed++;
      continue;
    }
    const slots = first.order.map((_, slot) => slot);
    const votes = rules.toPairVotes(one, slots);
    const again = rules.toPairVotes(other, slots);
    known.repeats.of += votes.length;
    known.repeats.agreed += votes.filter(({ choice }, at) => choice === again[at]?.choice).length;
  }
  return known;
}

/** What is told of a sitting by itself. */
export interface SittingFacts {
  state: string;
  ending: string | null;
  /** Unfinished, and away for so long that its places went back. */
  stale: boolean;
  answered: number;
  total: number;
  known: Known;
  tally: Pick<SittingTally, 'answers' | 'commonest'>;
  medianMs: number | null;
  longestGapMs: number | null;
}

/** Whether a rule holds, and why; null while it cannot be said. */
export interface Verdict {
  is: boolean | null;
  reasons: string[];
}

const percent = (part: number, of: number) => Math.round((100 * part) / of);

/** What of the attention rule somebody failed, a sentence each; nothing where there was nothing to fail. */
export function failedAttention({ gold, traps }: Known, rule: AttentionRule | undefined): string[] {
  const failed: string[] = [];
  if (rule?.trapMisses !== undefined && traps.missed > rule.trapMisses) {
    failed.push(`${traps.missed} of ${traps.of} traps missed, at most ${rule.trapMisses} may be`);
  }
  if (rule?.gold !== undefined && gold.of > 0 && 100 * gold.right < rule.gold * gold.of) {
    failed.push(`${gold.right} of ${gold.of} gold trials right, ${rule.gold} % are asked for`);
  }
  return failed;
}

/**
 * Whether somebody is to be paid: who answered everything, or the share that the study's rule names; where the rule says
 * so, not who failed its attention checks.
 */
export function payable(
  facts: SittingFacts,
  rule: PayableRule | undefined,
  attention: AttentionRule | undefined
): Verdict {
  const { state, ending, answered, total } = facts;
  if (state === 'withdrawn') return { is: null, reasons: ['withdrawn: nothing of it is left'] };
  const failed = rule?.attention ? failedAttention(facts.known, attention) : [];
  if (failed.length > 0 && state !== 'active') return { is: false, reasons: failed };
  if (state === 'completed') return { is: true, reasons: [`all ${total} answered`] };
  const far = `${answered} of ${total} answered`;
  if (rule?.reached !== undefined && total > 0 && 100 * answered >= rule.reached * total) {
    return { is: true, reasons: [`${far}, ${rule.reached} % are asked for`] };
  }
  if (state === 'active' && !facts.stale) return { is: null, reasons: [`${far}, not finished yet`] };
  return { is: false, reasons: [`${far}${ending === null ? '' : `, ${ending}`}`] };
}

/**
 * Whether somebody's answers enter the study's analyses, by the rule that the study states; everything does where it
 * states none. A criterion that a sitting gives nothing to hold against (no gold answered yet) is passed over.
 */
export function usable(facts: SittingFacts, rule: UsableRule | undefined): Verdict {
  const { state, known, tally, medianMs, longestGapMs } = facts;
  if (state === 'withdrawn') return { is: false, reasons: ['withdrawn'] };
  if (rule === undefined) return { is: true, reasons: [] };
  const reasons = failedAttention(known, rule);
  if (rule.finished && state !== 'completed') {
    reasons.push(`${facts.answered} of ${facts.total} answered, all are asked for`);
  }
  const { agreed, of } = known.repeats;
  if (rule.repeats !== undefined && of > 0 && 100 * agreed < rule.repeats * of) {
    reasons.push(`${agreed} of ${of} repeats answered alike, ${rule.repeats} % are asked for`);
  }
  if (rule.medianMs !== undefined && medianMs !== null && medianMs < rule.medianMs) {
    reasons.push(`median response ${Math.round(medianMs)} ms, at least ${rule.medianMs} ms are asked for`);
  }
  if (
    rule.sameShare !== undefined &&
    tally.answers >= 2 &&
    100 * tally.commonest > rule.sameShare * tally.answers
  ) {
    reasons.push(
      `${percent(tally.commonest, tally.answers)} % of the answers are the same, at most ${rule.sameShare} % may be`
    );
  }
  if (rule.gapMinutes !== undefined && longestGapMs !== null && longestGapMs > 60_000 * rule.gapMinutes) {
    reasons.push(
      `away for ${Math.round(longestGapMs / 60_000)} min between two trials, at most ${rule.gapMinutes} min may be`
    );
  }
  return { is: reasons.length === 0, reasons };
}

/** A rule in words, for whoever reads figures that were made by it. */
export function usableRuleText(rule: UsableRule | undefined): string | null {
  if (rule === undefined) return null;
  const parts = [
    rule.finished ? 'finished' : null,
    rule.gold === undefined ? null : `at least ${rule.gold} % of gold right`,
    rule.trapMisses === undefined ? null : `at most ${rule.trapMisses} traps missed`,
    rule.repeats === undefined ? null : `at least ${rule.repeats} % of repeats alike`,
    rule.medianMs === undefined ? null : `a median response of at least ${rule.medianMs} ms`,
    rule.sameShare === undefined ? null : `at most ${rule.sameShare} % of one answer`,
    rule.gapMinutes === undefined ? null : `no gap above ${rule.gapMinutes} min`
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const LATER = {
  ends: 'it is over',
  anew: 'they begin anew',
  'restarts-block': 'their block begins again'
} as const;

/** A study's rules of a sitting, each with its name; only those that it states. */
export function rulesInWords({
  attention,
  payable: paid,
  usable: used,
  resume
}: Pick<SittingPlan, 'attention' | 'payable' | 'usable' | 'resume'>): [name: string, text: string][] {
  const rules: [string, string | null][] = [
    [
      'Coming back',
      resume === undefined
        ? null
        : `within ${resume.withinMinutes} min where they were; later ${LATER[resume.then]}`
    ],
    [
      'Attention fails',
      attention === undefined
        ? null
        : [
            attention.trapMisses === undefined ? null : `above ${attention.trapMisses} traps missed`,
            attention.gold === undefined ? null : `below ${attention.gold} % of gold right`
          ]
            .filter((part) => part !== null)
            .join(', or ')
    ],
    [
      'Payable',
      paid === undefined
        ? null
        : `${paid.reached === undefined ? 'all answered' : `from ${paid.reached} % answered on`}${paid.attention ? ', attention not failed' : ''}`
    ],
    ['Usable', usableRuleText(used)]
  ];
  return rules.filter((rule): rule is [string, string] => rule[1] !== null);
}
