import { hasOnly, isRecord } from './protocols/protocol.ts';
import { CHOICES, type Answer, type Choice } from './response.ts';
import { answerScale, gradesOf, gradeToHundred, MOST_CCR_GRADE } from './scales.ts';
import { stimuliPerTrial, type StudyDesign } from './study.ts';

/**
 * What counts as right of a trial whose answer is known, in the trial's own order and on the study's own scale:
 * `score` from … to as given (0–100, or a grade); `choice` any of these; `grade` of a CCR pair, −3 … +3, the second
 * against the first; `ranking` the one slot above the other.
 */
export type Accepted =
  | { kind: 'score'; from: number; to: number }
  | { kind: 'choice'; choices: readonly Choice[] }
  | { kind: 'grade'; from: number; to: number }
  | { kind: 'ranking'; better: number; worse: number };

/** Which end of the answer a trap asks for, as shown. */
export type TrapSide = 'left' | 'right';

/** What a gold or a trap trial expects. */
export type KnownAnswer = { kind: 'gold'; accepted: Accepted } | { kind: 'trap'; side: TrapSide };

/** What a trial holds besides its stimuli: a known answer, or of training with feedback the qualities that people gave, on 0–100. */
export type Expected = KnownAnswer | { kind: 'people'; qualities: readonly number[] };

/** The tolerance of gold, in points of 100: one step between two neighbouring labels of five. */
export const GOLD_STEP = 25;
/** The far left (or right) of the continuous scale is within so many points of its end. */
export const TRAP_REACH = 5;

type Asked = Pick<StudyDesign, 'protocol' | 'scale' | 'groupSize'>;

/** What is accepted of one stimulus whose quality is known, on 0–100: one step to either side, in whole grades where there are some. */
export function acceptedAround(quality: number, design: Asked): Accepted {
  const held = Math.min(100, Math.max(0, quality));
  const [low, high] = [Math.max(0, held - GOLD_STEP), Math.min(100, held + GOLD_STEP)];
  const grades = gradesOf(design.scale);
  if (grades === null) return { kind: 'score', from: Math.floor(low), to: Math.ceil(high) };
  const inside = Array.from({ length: grades }, (_, index) => index + 1).filter((grade) => {
    const at = gradeToHundred(grade, grades);
    return at >= low - 1e-9 && at <= high + 1e-9;
  });
  return { kind: 'score', from: inside[0] as number, to: inside.at(-1) as number };
}

/** That the stimulus in one slot is the better one. */
export function acceptedOrder(better: number, worse: number, design: Asked): Accepted {
  switch (answerScale(design)) {
    case 'pair':
      return { kind: 'choice', choices: [better === 0 ? 'first' : 'second'] };
    case 'ccr-7':
      return better === 1
        ? { kind: 'grade', from: 1, to: MOST_CCR_GRADE }
        : { kind: 'grade', from: -MOST_CCR_GRADE, to: -1 };
    default:
      return { kind: 'ranking', better, worse };
  }
}

/**
 * Whether an answer is the known one. Gold is compared in the trial's own order, a trap as it was shown.
 *
 * @param answer about the slots as shown; `turned` the same in the trial's own order.
 */
export function isKnownAnswer(
  expected: KnownAnswer,
  answer: { shown: Answer; own: Answer },
  design: Asked
): boolean {
  return expected.kind === 'gold'
    ? isAccepted(expected.accepted, answer.own)
    : isTrapAnswer(expected.side, answer.shown, design);
}

function isAccepted(accepted: Accepted, answer: Answer): boolean {
  switch (accepted.kind) {
    case 'score':
      return answer.kind === 'score' && answer.raw >= accepted.from && answer.raw <= accepted.to;
    case 'choice':
      return answer.kind === 'choice' && accepted.choices.includes(answer.choice);
    case 'grade':
      return (
        answer.kind === 'choice' &&
        answer.grade !== undefined &&
        answer.grade >= accepted.from &&
        answer.grade <= accepted.to
      );
    case 'ranking':
      return (
        answer.kind === 'ranking' &&
        (answer.ranks[accepted.better] as number) > (answer.ranks[accepted.worse] as number)
      );
  }
}

function isTrapAnswer(side: TrapSide, answer: Answer, design: Asked): boolean {
  const left = side === 'left';
  if (answer.kind === 'score') {
    const grades = gradesOf(design.scale);
    if (grades !== null) return answer.raw === (left ? 1 : grades);
    return left ? answer.raw <= TRAP_REACH : answer.raw >= 100 - TRAP_REACH;
  }
  if (answer.kind === 'choice') {
    if (answerScale(design) === 'ccr-7') return answer.grade === (left ? -MOST_CCR_GRADE : MOST_CCR_GRADE);
    return answer.choice === (left ? 'first' : 'second');
  }
  // Of a group, the first or the last image is asked onto the best place: its rank is above every other's.
  const slot = left ? 0 : answer.ranks.length - 1;
  return answer.ranks.every((rank, other) => other === slot || rank < (answer.ranks[slot] as number));
}

/** What is wrong with an accepted answer for this study, or null. */
export function acceptedProblem(value: unknown, design: Asked): string | null {
  const scale = answerScale(design);
  if (!isRecord(value)) return 'an accepted answer is missing';
  const { kind, from, to } = value;
  const range = (low: number, high: number, whole: boolean): string | null => {
    const fits = (end: unknown) =>
      typeof end === 'number' && end >= low && end <= high && (!whole || Number.isInteger(end));
    return fits(from) && fits(to) && (from as number) <= (to as number)
      ? null
      : `accepted are ${whole ? 'whole grades' : 'scores'} from ${low} to ${high}, the lower first`;
  };
  if (scale === 'pair') {
    const choices: unknown = value['choices'];
    return kind === 'choice' &&
      hasOnly(value, ['kind', 'choices']) &&
      Array.isArray(choices) &&
      choices.length > 0 &&
      choices.every((choice) => CHOICES.includes(choice as Choice))
      ? null
      : 'accepted of a pair are first, second or same';
  }
  if (scale === 'ccr-7') {
    return kind === 'grade' && hasOnly(value, ['kind', 'from', 'to'])
      ? range(-MOST_CCR_GRADE, MOST_CCR_GRADE, true)
      : 'accepted of a CCR pair are grades from −3 to 3';
  }
  if (scale === 'ranking') {
    const { better, worse } = value;
    const slot = (at: unknown) =>
      typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < stimuliPerTrial(design);
    return kind === 'ranking' &&
      hasOnly(value, ['kind', 'better', 'worse']) &&
      slot(better) &&
      slot(worse) &&
      better !== worse
      ? null
      : 'accepted of a group is one image above another of it';
  }
  const grades = gradesOf(design.scale);
  if (kind !== 'score' || !hasOnly(value, ['kind', 'from', 'to'])) return 'accepted are scores from … to …';
  return grades === null ? range(0, 100, false) : range(1, grades, true);
}

/** An accepted answer as one writes it: "60 to 100", "first or same", "-3 to -1", "1 above 4". */
export function writeAccepted(accepted: Accepted): string {
  switch (accepted.kind) {
    case 'score':
    case 'grade':
      return `${accepted.from} to ${accepted.to}`;
    case 'choice':
      return accepted.choices.join(' or ');
    case 'ranking':
      return `${accepted.better + 1} above ${accepted.worse + 1}`;
  }
}

/** The inverse of `writeAccepted`, for what a study asks; null for anything else. */
export function readAccepted(text: string, design: Asked): Accepted | null {
  const written = text.trim().toLowerCase().replaceAll('−', '-');
  const scale = answerScale(design);
  if (scale === 'pair') {
    const choices = written.split(/\s*(?:\bor\b|,)\s*/u);
    return choices.every((choice) => CHOICES.includes(choice as Choice))
      ? { kind: 'choice', choices: choices as Choice[] }
      : null;
  }
  if (scale === 'ranking') {
    const above = /^(\d)\s*(?:above|>)\s*(\d)$/u.exec(written);
    return above && { kind: 'ranking', better: Number(above[1]) - 1, worse: Number(above[2]) - 1 };
  }
  const range = /^(-?\d+(?:\.\d+)?)(?:\s*(?:to|\.\.+|–)\s*(-?\d+(?:\.\d+)?))?$/u.exec(written);
  if (!range) return null;
  const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
  return scale === 'ccr-7' ? { kind: 'grade', from, to } : { kind: 'score', from, to };
}
