import { seededRandom, shuffled, type Random } from '#lib/stats/random.ts';
import { acceptedAround, acceptedOrder, GOLD_STEP, type TrapSide } from '../known-answer.ts';
import { stimuliPerTrial, type StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import type { PlannableStimulus } from './plan-trials.ts';

/** A stimulus that may be shown besides the test trials. */
export interface RatedStimulus extends PlannableStimulus {
  /** People's value on 0–100, higher is better; null where it is not known. */
  quality: number | null;
  /** Whether test trials judge it. */
  judged: boolean;
}

export interface ExtraInput {
  design: Pick<StudyDesign, 'protocol' | 'scenario' | 'scale' | 'groupSize' | 'training' | 'gold'>;
  /** Whatever may be shown, exemplars not among them. */
  stimuli: readonly RatedStimulus[];
  seed: number;
  nameOf?: (id: string) => string;
}

export type ExtraTrials =
  { ok: true; training: PlannedTrial[]; gold: PlannedTrial[] } | { ok: false; reason: string };

/** What a stimulus that test trials judge has to be closer by, in points of 100, to be taken instead of one that they do not. */
const JUDGED_PENALTY = 10;

/**
 * Training and gold of a study, from its seed alone.
 *
 * Training by the lab: n trials over the range of quality of what the study judges. One stimulus a trial: n qualities
 * evenly from the lowest to the highest, the nearest stimulus to each. Several a trial: the first spans the whole range,
 * the others ever narrower parts of it at places that run from its low end to its high one, the stimuli evenly within
 * each. Full-reference trials keep to one reference, the references with the widest ranges first, in turn. Where fewer
 * than two qualities are known, stimuli are drawn at random. Trials come in random order, stimuli in random slots.
 *
 * Gold by the lab: single stimuli from the two ends of the range in turn, accepted within `GOLD_STEP` points of their
 * value; pairs and groups that hold both ends, accepted where the better of the two stands above the other. What test
 * trials do not judge is taken first (`JUDGED_PENALTY`); no stimulus is taken for both, or twice, while others are left.
 *
 * Refused, with a sentence: a name that is not there; too few stimuli; gold without known qualities, or of ends that lie
 * closer than a step; feedback where people's value is not known.
 */
export function planExtra({ design, stimuli, seed, nameOf }: ExtraInput): ExtraTrials {
  const byId = new Map(stimuli.map((stimulus) => [stimulus.id, stimulus]));
  const name = (id: string) => JSON.stringify(nameOf?.(id) ?? id);
  const random = seededRandom(`extra/${seed}`);
  const used = new Set<string>();
  const size = stimuliPerTrial(design);

  const named = (field: string, ids: readonly string[]): PlannedTrial | string => {
    const missing = ids.find((id) => !byId.has(id));
    if (missing !== undefined) return `${field}: ${name(missing)} cannot be shown here.`;
    const references = new Set(ids.map((id) => byId.get(id)?.referenceId ?? null));
    if (design.scenario === 'no-reference') return { role: 'training', stimuli: [...ids], referenceId: null };
    const [reference = null] = references;
    if (reference === null) return `${field}: in a full-reference study every stimulus needs its reference.`;
    if (references.size > 1) return `${field}: the stimuli of one trial share one reference.`;
    return { role: 'training', stimuli: [...ids], referenceId: reference };
  };

  const training: PlannedTrial[] = [];
  for (const [index, ids] of (design.training?.trials ?? []).entries()) {
    const trial = named(`training.trials[${index}]`, ids);
    if (typeof trial === 'string') return { ok: false, reason: trial };
    training.push(trial);
    for (const id of ids) used.add(id);
  }
  const gold: PlannedTrial[] = [];
  for (const [index, { stimuli: ids, accepted }] of (design.gold?.trials ?? []).entries()) {
    const trial = named(`gold.trials[${index}]`, ids);
    if (typeof trial === 'string') return { ok: false, reason: trial };
    gold.push({ ...trial, role: 'gold', expected: { kind: 'gold', accepted } });
    for (const id of ids) used.add(id);
  }

  // Where one stimulus makes a trial, all references share one range.
  const grouping = size === 1 ? 'no-reference' : design.scenario;
  const pools = poolsByRange(stimuli, grouping).filter((pool) => pool.all.length >= size);
  const beside = (trial: PlannedTrial): PlannedTrial => ({
    ...trial,
    referenceId:
      design.scenario === 'full-reference'
        ? (byId.get(trial.stimuli[0] as string)?.referenceId ?? null)
        : null
  });
  const wanted = design.training?.spread ?? 0;
  if (wanted > 0) {
    const chosen = spreadTraining(wanted, pools, size, used, random.fork('training'));
    if (chosen === null) {
      return {
        ok: false,
        reason: `training.spread: there are no ${size} stimuli ${design.scenario === 'full-reference' ? 'of one reference ' : ''}to practise with.`
      };
    }
    training.push(...chosen.map(beside));
  }
  if (design.training?.feedback) {
    for (const trial of training) {
      const qualities = trial.stimuli.map((id) => byId.get(id)?.quality ?? null);
      const unknown = trial.stimuli[qualities.indexOf(null)];
      if (unknown !== undefined) {
        return { ok: false, reason: `training.feedback: nobody's value of ${name(unknown)} is known.` };
      }
      trial.expected = { kind: 'people', qualities: qualities as number[] };
    }
  }

  const ends = design.gold?.ends ?? 0;
  if (ends > 0) {
    const made = goldOfEnds(ends, pools, design, used, random.fork('gold'));
    if (typeof made === 'string') return { ok: false, reason: made };
    gold.push(...made.map(beside));
  }
  return { ok: true, training, gold };
}

/** Traps: the stimuli of test trials chosen at random, as many asking for the left end as for the right, ±1. */
export function planTraps(count: number, test: readonly PlannedTrial[], seed: number): PlannedTrial[] {
  const random = seededRandom(`traps/${seed}`);
  const first = random.integer(2);
  const order = shuffled(test, random);
  return Array.from({ length: test.length === 0 ? 0 : count }, (_, index): PlannedTrial => {
    const { stimuli, referenceId } = order[index % order.length] as PlannedTrial;
    const side: TrapSide = (index + first) % 2 === 0 ? 'left' : 'right';
    return { role: 'trap', stimuli: [...stimuli], referenceId, expected: { kind: 'trap', side } };
  });
}

interface Pool {
  all: RatedStimulus[];
  /** Those whose quality is known, ascending. */
  rated: (RatedStimulus & { quality: number })[];
  /** The range of what is judged here, or of all that is known where nothing judged is. */
  low: number;
  high: number;
}

/** All stimuli, or those of each reference, the widest range of quality first. */
function poolsByRange(stimuli: readonly RatedStimulus[], scenario: StudyDesign['scenario']): Pool[] {
  const byReference = new Map<string | null, RatedStimulus[]>();
  for (const stimulus of stimuli) {
    const key = scenario === 'full-reference' ? stimulus.referenceId : null;
    if (scenario === 'full-reference' && key === null) continue;
    const own = byReference.get(key);
    if (own) own.push(stimulus);
    else byReference.set(key, [stimulus]);
  }
  return [...byReference]
    .map(([, all]): Pool => {
      const rated = all
        .filter((one): one is RatedStimulus & { quality: number } => one.quality !== null)
        .sort((a, b) => a.quality - b.quality || (a.id < b.id ? -1 : 1));
      const judged = rated.filter((one) => one.judged);
      const ends = judged.length > 0 ? judged : rated;
      return { all, rated, low: ends[0]?.quality ?? 0, high: ends.at(-1)?.quality ?? 0 };
    })
    .sort((a, b) => b.high - b.low - (a.high - a.low));
}

/** The nearest to a quality: not yet taken before taken, unjudged before judged where that costs little. */
function nearest(
  pool: Pool,
  quality: number,
  used: ReadonlySet<string>,
  without: readonly string[]
): RatedStimulus & { quality: number } {
  let best: (RatedStimulus & { quality: number }) | null = null;
  let least = Infinity;
  for (const one of pool.rated) {
    if (without.includes(one.id)) continue;
    const cost =
      Math.abs(one.quality - quality) + (one.judged ? JUDGED_PENALTY : 0) + (used.has(one.id) ? 1000 : 0);
    if (cost < least) {
      least = cost;
      best = one;
    }
  }
  return best as RatedStimulus & { quality: number };
}

function spreadTraining(
  count: number,
  pools: readonly Pool[],
  size: number,
  used: Set<string>,
  random: Random
): PlannedTrial[] | null {
  const rated = pools.filter((pool) => pool.rated.length >= Math.max(2, size));
  const from = rated.length > 0 ? rated : pools;
  if (from.length === 0) return null;
  const trials = Array.from({ length: count }, (_, index): PlannedTrial => {
    const pool = from[index % from.length] as Pool;
    const chosen: string[] = [];
    for (let slot = 0; slot < size; slot++) {
      if (rated.length === 0) {
        const free = pool.all.filter(({ id }) => !chosen.includes(id));
        const fresh = free.filter(({ id }) => !used.has(id));
        const among = fresh.length > 0 ? fresh : free;
        chosen.push((among[random.integer(among.length)] as RatedStimulus).id);
      } else {
        const target = pool.low + placeOf(index, count, slot, size) * (pool.high - pool.low);
        chosen.push(nearest(pool, target, used, chosen).id);
      }
    }
    for (const id of chosen) used.add(id);
    return { role: 'training', stimuli: shuffled(chosen, random), referenceId: null };
  });
  return shuffled(trials, random);
}

/** Where in the range, 0 to 1, a trial's stimulus stands. */
function placeOf(index: number, count: number, slot: number, size: number): number {
  const along = count === 1 ? 0.5 : index / (count - 1);
  if (size === 1) return along;
  const width = 1 - index / count;
  return along * (1 - width) + (width * slot) / (size - 1);
}

function goldOfEnds(
  count: number,
  pools: readonly Pool[],
  design: ExtraInput['design'],
  used: Set<string>,
  random: Random
): PlannedTrial[] | string {
  const size = stimuliPerTrial(design);
  const wide = pools.filter(
    (pool) => pool.rated.length >= Math.max(2, size) && pool.high - pool.low >= GOLD_STEP
  );
  if (wide.length === 0) {
    return `gold.ends: a known answer needs stimuli whose human values lie at least ${GOLD_STEP} points of 100 apart${design.scenario === 'full-reference' ? ', under one reference' : ''}.`;
  }
  const first = random.integer(2);
  const trials = Array.from({ length: count }, (_, index): PlannedTrial | null => {
    const pool = wide[(size === 1 ? Math.floor(index / 2) : index) % wide.length] as Pool;
    const chosen: (RatedStimulus & { quality: number })[] = [];
    for (let slot = 0; slot < size; slot++) {
      const place = size === 1 ? (index + first) % 2 : slot / (size - 1);
      const taken = chosen.map(({ id }) => id);
      chosen.push(nearest(pool, pool.low + place * (pool.high - pool.low), used, taken));
    }
    for (const { id } of chosen) used.add(id);
    const shown = shuffled(chosen, random);
    const stimuli = shown.map(({ id }) => id);
    if (size === 1) {
      const accepted = acceptedAround((shown[0] as { quality: number }).quality, design);
      return { role: 'gold', stimuli, referenceId: null, expected: { kind: 'gold', accepted } };
    }
    const sorted = shown.slice().sort((a, b) => a.quality - b.quality);
    const [worst, best] = [sorted[0], sorted.at(-1)] as [(typeof sorted)[0], (typeof sorted)[0]];
    if (best.quality - worst.quality < GOLD_STEP) return null;
    const accepted = acceptedOrder(shown.indexOf(best), shown.indexOf(worst), design);
    return { role: 'gold', stimuli, referenceId: null, expected: { kind: 'gold', accepted } };
  });
  const made = trials.filter((trial) => trial !== null);
  return made.length === count
    ? made
    : `gold.ends: only ${made.length} of ${count} trials have ends ${GOLD_STEP} points of 100 apart; ask for fewer.`;
}
