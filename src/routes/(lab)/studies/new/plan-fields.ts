import {
  DEFAULT_ATTRIBUTES,
  DEFAULT_INTERVAL_MS,
  FIT_POLICIES,
  GROUP_SIZES,
  PROTOCOLS,
  REFERENCE_PLACES,
  SCALE_KINDS,
  type FitPolicy,
  type Protocol,
  type ReferencePlace,
  type ScaleKind,
  type StudyDesign
} from '#lib/domain/study.ts';
import {
  CHECKS,
  readQuestions,
  writeQuestions,
  type Check,
  type SittingPlan
} from '#lib/domain/sitting-plan.ts';
import { fieldsOfRules, rulesOf } from './rule-fields.ts';
import {
  readGold,
  readNamedTrials,
  writeGold,
  writeNamedTrials,
  type GoldPlan,
  type TrainingPlan
} from '#lib/domain/extra-trials.ts';
import { LANGUAGES, type Language } from '#lib/domain/words/words.ts';

/** The plan form as it is written: texts, so that what somebody typed stays as typed. */
export interface PlanFields {
  /** The address of the study whose next version this is; empty for a new one. */
  from: string;
  name: string;
  dataset: string;
  /** Empty for everything that can be judged. */
  subset: string;
  protocol: Protocol;
  scale: ScaleKind;
  ties: boolean;
  /** On difference scores: single-stimulus may read a difference as quality. */
  differenceAsQuality: boolean;
  /** One a line. */
  attributes: string;
  /** Empty for the standard question. */
  instructions: string;
  pairs: string;
  groups: string;
  groupSize: string;
  /** Full reference: whose pictures are offered as exemplars. */
  exemplarsOf: string;
  exemplars: string[];
  seed: string;
  perSession: string;
  /** Double-stimulus: the pairs that say most about the scale so far, instead of the least-filled. */
  active: boolean;
  bothOrders: boolean;
  repeats: string;
  /** Training: how many by the lab; the researcher's own, one a line. */
  training: string;
  trainingTrials: string;
  trainingFeedback: boolean;
  /** Gold: how many of the ends of the MOS range; the researcher's own with their answers, one a line. */
  goldEnds: string;
  goldTrials: string;
  traps: string;
  fit: FitPolicy;
  maxSide: string;
  shortest: string;
  longest: string;
  interval: string;
  reference: ReferencePlace;
  /** Empty for the language of each rater's browser. */
  language: Language | '';
  consent: string;
  /** One question a line. */
  before: string;
  after: string;
  checks: Check[];
  block: string;
  /** Rules of a sitting, each empty where it does not decide. */
  attentionTraps: string;
  attentionGold: string;
  payableReached: string;
  payableAttention: boolean;
  usableFinished: boolean;
  usableGold: string;
  usableTraps: string;
  usableRepeats: string;
  usableMedian: string;
  usableSame: string;
  usableGap: string;
  /** Coming back: empty for always. */
  resumeMinutes: string;
  resumeThen: 'ends' | 'anew' | 'restarts-block';
  raters: string;
  sigma: string;
  seconds: string;
}

type Source = Pick<URLSearchParams, 'get' | 'getAll'> | FormData;

/** A first visit has none but the dataset; a form that was sent carries `sent`, so that an unticked box is a "no". */
export function readPlanFields(source: Source): PlanFields {
  const sent = source.get('sent') !== null;
  const text = (name: string, otherwise = '') => String(source.get(name) ?? otherwise);
  const ticked = (name: string, otherwise: boolean) => (sent ? source.get(name) !== null : otherwise);
  const oneOf = <T extends string>(name: string, known: readonly T[], otherwise: T) =>
    known.find((value) => value === source.get(name)) ?? otherwise;
  return {
    from: text('from'),
    name: text('name'),
    dataset: text('dataset'),
    subset: text('subset'),
    protocol: oneOf('protocol', PROTOCOLS, 'single-stimulus'),
    scale: oneOf('scale', SCALE_KINDS, 'continuous-100'),
    ties: ticked('ties', true),
    differenceAsQuality: ticked('differenceAsQuality', false),
    attributes: text('attributes', DEFAULT_ATTRIBUTES.join('\n')),
    instructions: text('instructions').replaceAll('\r\n', '\n'),
    pairs: text('pairs', '5'),
    groups: text('groups', '2'),
    groupSize: text('groupSize', '4'),
    exemplarsOf: text('exemplarsOf'),
    exemplars: [...new Set(source.getAll('exemplar').map(String))],
    seed: text('seed', '1'),
    perSession: text('perSession'),
    active: ticked('active', false),
    bothOrders: ticked('bothOrders', false),
    repeats: text('repeats', '0'),
    training: text('training'),
    trainingTrials: text('trainingTrials').replaceAll('\r\n', '\n'),
    trainingFeedback: ticked('trainingFeedback', false),
    goldEnds: text('goldEnds'),
    goldTrials: text('goldTrials').replaceAll('\r\n', '\n'),
    traps: text('traps'),
    fit: oneOf('fit', FIT_POLICIES, 'refuse'),
    maxSide: text('maxSide'),
    shortest: text('shortest'),
    longest: text('longest'),
    interval: text('interval', String(DEFAULT_INTERVAL_MS)),
    reference: oneOf('reference', REFERENCE_PLACES, 'auto'),
    language: oneOf('language', ['', ...LANGUAGES], ''),
    consent: text('consent').replaceAll('\r\n', '\n'),
    before: text('before').replaceAll('\r\n', '\n'),
    after: text('after').replaceAll('\r\n', '\n'),
    checks: CHECKS.filter((check) => source.getAll('check').includes(check)),
    block: text('block'),
    attentionTraps: text('attentionTraps'),
    attentionGold: text('attentionGold'),
    payableReached: text('payableReached'),
    payableAttention: ticked('payableAttention', false),
    usableFinished: ticked('usableFinished', false),
    usableGold: text('usableGold'),
    usableTraps: text('usableTraps'),
    usableRepeats: text('usableRepeats'),
    usableMedian: text('usableMedian'),
    usableSame: text('usableSame'),
    usableGap: text('usableGap'),
    resumeMinutes: text('resumeMinutes'),
    resumeThen: oneOf('resumeThen', ['ends', 'anew', 'restarts-block'], 'ends'),
    raters: text('raters', '15'),
    sigma: text('sigma', '20'),
    seconds: text('seconds', '8')
  };
}

/** A study's design as the form that would plan it again. */
export function fieldsOfStudy(study: {
  address: string;
  name: string;
  dataset: string;
  subset: string | null;
  design: StudyDesign;
}): PlanFields {
  const { design } = study;
  const orEmpty = (value: number | null) => (value === null ? '' : String(value));
  return {
    ...readPlanFields(new URLSearchParams()),
    from: study.address,
    name: study.name,
    dataset: study.dataset,
    subset: study.subset ?? '',
    protocol: design.protocol,
    scale: design.scale,
    ties: design.allowTies,
    attributes: design.attributes.join('\n'),
    instructions: design.instructions,
    pairs: String(design.pairsPerImage),
    groups: String(design.groupsPerImage),
    groupSize: String(design.groupSize ?? 4),
    exemplarsOf: design.exemplars[0]?.referenceId ?? '',
    exemplars: design.exemplars.map((exemplar) => exemplar.stimulusId),
    seed: String(design.seed),
    perSession: orEmpty(design.trialsPerSession),
    active: design.assignment === 'active',
    bothOrders: design.bothOrders,
    repeats: String(design.hiddenRepeats),
    training: orEmpty(design.training?.spread ?? null),
    trainingTrials: writeNamedTrials(design.training?.trials ?? []),
    trainingFeedback: design.training?.feedback ?? false,
    goldEnds: orEmpty(design.gold?.ends ?? null),
    goldTrials: writeGold(design.gold?.trials ?? []),
    traps: orEmpty(design.traps ?? null),
    fit: design.fitPolicy,
    maxSide: orEmpty(design.maxSidePx),
    shortest: orEmpty(design.shortestViewMs),
    longest: orEmpty(design.longestViewMs),
    interval: String(design.intervalMs ?? DEFAULT_INTERVAL_MS),
    reference: design.referencePlace ?? 'auto',
    language: design.language ?? '',
    consent: design.sitting?.consent ?? '',
    before: writeQuestions(design.sitting?.before ?? []),
    after: writeQuestions(design.sitting?.after ?? []),
    checks: [...(design.sitting?.checks ?? [])],
    block: orEmpty(design.sitting?.blockTrials ?? null),
    ...fieldsOfRules(design.sitting ?? {})
  };
}

/**
 * The form as an address: what the preview reads, and what a link to a half-made plan holds. Number fields of a page hold
 * numbers, or null while they are empty.
 */
export function planQuery(fields: PlanFields): URLSearchParams {
  const query = new URLSearchParams({ sent: '1' });
  const first = readPlanFields(new URLSearchParams());
  for (const name of Object.keys(first) as (keyof PlanFields)[]) {
    const value: string | number | boolean | string[] | null | undefined = fields[name];
    if (Array.isArray(value))
      for (const one of value) query.append(name === 'checks' ? 'check' : 'exemplar', one);
    else if (typeof value === 'boolean') {
      if (value) query.set(name, 'on');
    } else if (String(value ?? '') !== '' || first[name] !== '') query.set(name, String(value ?? ''));
  }
  return query;
}

export type PlanDesign = Omit<StudyDesign, 'scenario' | 'exemplars'>;

/** The fields as a design, or what is wrong with them, one sentence each. */
export function designOf(
  fields: PlanFields
): { ok: true; design: PlanDesign } | { ok: false; problem: string } {
  const problems: string[] = [];
  const whole = (label: string, value: string): number => {
    const number = /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : NaN;
    if (Number.isNaN(number)) problems.push(`${label} is a whole number, not ${JSON.stringify(value)}.`);
    return number;
  };
  const groupSize = GROUP_SIZES.find((size) => String(size) === fields.groupSize.trim());
  if (groupSize === undefined) {
    problems.push(`A group has 2 to 6 images, not ${JSON.stringify(fields.groupSize)}.`);
  }
  const graded = scaleOf(fields) === 'ccr-7';
  const orNone = (label: string, value: string) => (value.trim() === '' ? null : whole(label, value));
  const block = orNone('Trials a block', String(fields.block ?? ''));
  const rules = rulesOf(fields, (label, value) => orNone(label, String(value ?? '')));
  const sitting: SittingPlan = {
    ...(fields.consent.trim() === '' ? {} : { consent: fields.consent.trim() }),
    ...(fields.before.trim() === '' ? {} : { before: readQuestions(fields.before) }),
    ...(fields.after.trim() === '' ? {} : { after: readQuestions(fields.after) }),
    ...(fields.checks.length === 0 ? {} : { checks: fields.checks }),
    ...(block === null ? {} : { blockTrials: block }),
    ...rules
  };
  const extra = extraOf(fields, problems, (label, value) => orNone(label, String(value ?? '')));
  const intervalMs = whole('The grey interval', String(fields.interval));
  const design: PlanDesign = {
    protocol: fields.protocol,
    scale: scaleOf(fields),
    // CCR always has its "about the same".
    allowTies: graded || fields.ties,
    attributes: fields.attributes
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    instructions: fields.instructions.trim(),
    pairsPerImage: whole('Pairs per image', fields.pairs),
    groupsPerImage: whole('Groups per image', fields.groups),
    seed: whole('The seed', fields.seed),
    fitPolicy: fields.fit,
    trialsPerSession: orNone('Trials per session', fields.perSession),
    bothOrders: fields.bothOrders,
    hiddenRepeats: whole('Hidden repeats', fields.repeats),
    maxSidePx: orNone('The longest side', fields.maxSide),
    shortestViewMs: orNone('The shortest viewing time', fields.shortest),
    longestViewMs: orNone('The longest viewing time', fields.longest),
    // At their defaults these are absent from a design.
    ...(groupSize === undefined || groupSize === 4 ? {} : { groupSize }),
    ...(fields.reference === 'auto' ? {} : { referencePlace: fields.reference }),
    ...(intervalMs === DEFAULT_INTERVAL_MS ? {} : { intervalMs }),
    ...(fields.active && fields.protocol === 'double-stimulus' ? { assignment: 'active' as const } : {}),
    ...extra,
    ...(Object.keys(sitting).length === 0 ? {} : { sitting }),
    ...(fields.language === '' ? {} : { language: fields.language })
  };
  return problems.length > 0 ? { ok: false, problem: problems.join(' ') } : { ok: true, design };
}

/** Training, gold and traps; each absent where the form has none. */
function extraOf(
  fields: PlanFields,
  problems: string[],
  orNone: (label: string, value: string) => number | null
): Pick<PlanDesign, 'training' | 'gold' | 'traps'> {
  const counted = (label: string, value: string) => {
    const number = orNone(label, value);
    return number === 0 ? null : number;
  };
  const spread = counted('Training trials', fields.training);
  const own = readNamedTrials(fields.trainingTrials);
  const training: TrainingPlan = {
    ...(spread === null ? {} : { spread }),
    ...(own.length === 0 ? {} : { trials: own })
  };
  const ends = counted('Gold trials', fields.goldEnds);
  const asked = { protocol: fields.protocol, scale: scaleOf(fields) };
  const read = readGold(fields.goldTrials, asked);
  if (!read.ok) {
    problems.push(
      `Gold: after "=" stands the answer that is accepted, not as in ${JSON.stringify(read.line)}.`
    );
  }
  const trials = read.ok ? read.trials : [];
  const gold: GoldPlan = { ...(ends === null ? {} : { ends }), ...(trials.length === 0 ? {} : { trials }) };
  const traps = counted('Traps', fields.traps);
  return {
    ...(Object.keys(training).length === 0
      ? {}
      : { training: { ...training, ...(fields.trainingFeedback ? { feedback: true as const } : {}) } }),
    ...(Object.keys(gold).length === 0 ? {} : { gold }),
    ...(traps === null ? {} : { traps })
  };
}

/** A scale of another protocol is left over from before that was changed. */
function scaleOf({ protocol, scale }: PlanFields): ScaleKind {
  return (protocol === 'single-stimulus') === (scale !== 'ccr-7') && protocol !== 'multiple-stimulus'
    ? scale
    : 'continuous-100';
}
