import { seededRandom, shuffled, type Random } from '#lib/stats/random.ts';
import { identityOrder, type PlannedPresentation } from '../session.ts';
import { stimuliPerTrial, type Protocol, type StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { balancedOrientation } from './balanced-orientation.ts';
import { balanceSlots } from './slot-balance.ts';

export interface SessionOrderInput {
  protocol: Protocol;
  /** Multiple-stimulus: absent for groups of four. */
  groupSize?: StudyDesign['groupSize'];
  /** The trials of this session, in the study's order (the same order for every session). */
  trials: readonly Pick<PlannedTrial, 'role' | 'stimuli'>[];
  studySeed: number;
  /** This session's own recorded seed: the sequence comes from it. */
  sessionSeed: number | string;
  /** The how-manieth session of the study this is, from 0: sides are turned from one to the next. */
  sessionNumber: number;
  /** Double-stimulus: every test trial twice, the sides swapped, at least half a session apart. */
  bothOrders?: boolean;
  /** How many test trials come a second time, in another order, half a session later; at most half of them. */
  repeats?: number;
  /**
   * Double-stimulus, for sessions that hold only some of the trials: per trial, how often it was shown in its own order
   * so far minus how often swapped. Sides then even that out instead of alternating with `sessionNumber`.
   */
  tilt?: readonly number[];
}

/**
 * The presentations of one session: training first and as planned, then the test trials shuffled by the session's seed,
 * no two neighbours sharing a judged stimulus where that can be had cheaply. Gold and traps, in an order of the session's
 * own, stand among them: one in each of as many equal stretches, at a place drawn from its middle half, once each.
 *
 * Positions. Pairs: within a session each stimulus stands first as often as second, ±1 (trials shown in both orders or
 * repeated cancel out); sessions 2j and 2j + 1 over the same trials show each pair in opposite order. Groups: within a
 * session each stimulus stands in each slot as often as in another, ±1 (repeats aside); sessions s·j … s·j + s − 1 over
 * the same trials turn each group of s through all its slots. Gold pairs swap and gold groups turn from session to session
 * in the same way, and count in none of these balances.
 */
export function orderSession(input: SessionOrderInput): PlannedPresentation[] {
  const training: number[] = [];
  const checks: number[] = [];
  const main: number[] = [];
  input.trials.forEach(({ role }, index) => {
    if (role === 'training') training.push(index);
    else (role === 'gold' || role === 'trap' ? checks : main).push(index);
  });

  const random = seededRandom(`session/${input.sessionSeed}`);
  const both = input.bothOrders === true && input.protocol === 'double-stimulus';
  const twice = both ? main : repeatedTrials(input, main);
  const orders = slotOrders(input, main, new Set(twice));
  const sequence = both ? bothPasses(main, random) : withRepeats(main, twice, random);
  separate(sequence, input.trials, random);
  for (const trial of checks) orders.set(trial, checkOrder(input, trial));
  const among = withChecks(sequence, checks, input.trials, random.fork('checks'));

  const shown = new Set<number>();
  const presentations = [
    ...training.map((trial) => ({ trial, order: identityOrder(stimuliIn(input, trial)), again: false })),
    ...among.map((trial) => {
      const order = orders.get(trial) as number[];
      const again = shown.has(trial);
      shown.add(trial);
      return { trial, order: again ? swapped(order) : order, again };
    })
  ];
  return presentations.map((presentation, position) => ({ ...presentation, position }));
}

/** The same for both sessions that mirror each other, so that their pairs can be mirrored too. */
function repeatedTrials(input: SessionOrderInput, main: readonly number[]): number[] {
  const candidates = main.filter((trial) => input.trials[trial]?.role === 'test');
  const wanted = Math.min(input.repeats ?? 0, Math.floor(candidates.length / 2));
  if (wanted === 0) return [];
  const round = Math.floor(input.sessionNumber / 4);
  return shuffled(candidates, seededRandom(`repeats/${input.studySeed}/${round}`)).slice(0, wanted);
}

function stimuliIn(input: SessionOrderInput, trial: number): number {
  const { length } = input.trials[trial]?.stimuli ?? [];
  const expected = stimuliPerTrial(input);
  if (length !== expected) {
    throw new Error(`trial ${trial} of a ${input.protocol} study has ${length} stimuli, not ${expected}`);
  }
  return length;
}

/** Per trial, which of its stimuli stands in which slot at its first showing. */
function slotOrders(
  input: SessionOrderInput,
  main: readonly number[],
  twice: ReadonlySet<number>
): Map<number, number[]> {
  for (const trial of main) stimuliIn(input, trial);
  switch (input.protocol) {
    case 'single-stimulus':
      return new Map(main.map((trial) => [trial, [0]]));
    case 'double-stimulus':
      return pairOrders(input, main, twice);
    case 'multiple-stimulus':
      return groupOrders(input, main);
  }
}

function pairOrders(
  input: SessionOrderInput,
  main: readonly number[],
  twice: ReadonlySet<number>
): Map<number, number[]> {
  const { studySeed, sessionNumber, tilt } = input;
  const round = tilt ? 'tilt' : Math.floor(sessionNumber / 2);
  const random = seededRandom(`sides/${studySeed}/${round}`);
  const turned = tilt === undefined && sessionNumber % 2 === 1;
  const orders = new Map<number, number[]>();
  const put = (trial: number, forward: boolean) => orders.set(trial, forward !== turned ? [0, 1] : [1, 0]);

  // A trial shown both ways is balanced by itself; only the others have to be balanced against each other.
  const once = main.filter((trial) => !twice.has(trial));
  const { indexOf, groups } = numbered(input, once);
  const forward = balancedOrientation(
    {
      vertices: indexOf.size,
      from: groups.map((group) => group[0] as number),
      to: groups.map((group) => group[1] as number)
    },
    random,
    tilt && once.map((trial) => tilt[trial] ?? 0),
    tilt && seededRandom(`sides/${studySeed}/${input.sessionSeed}`)
  );
  once.forEach((trial, edge) => put(trial, forward[edge] === 1));
  for (const trial of main) if (twice.has(trial)) put(trial, random.integer(2) === 1);
  return orders;
}

function groupOrders(input: SessionOrderInput, main: readonly number[]): Map<number, number[]> {
  const size = stimuliPerTrial(input);
  const round = Math.floor(input.sessionNumber / size);
  const turn = input.sessionNumber % size;
  const random = seededRandom(`slots/${input.studySeed}/${round}`);
  const { indexOf, groups } = numbered(input, main);
  const placed = balanceSlots(groups, indexOf.size, random);
  return new Map(
    main.map((trial, index) => {
      const own = groups[index] as number[];
      const order = (placed[index] as number[]).map((item) => own.indexOf(item));
      return [trial, [...order.slice(turn), ...order.slice(0, turn)]];
    })
  );
}

/** The stimuli of these trials as 0, 1, 2 … */
function numbered(input: SessionOrderInput, trials: readonly number[]) {
  const indexOf = new Map<string, number>();
  const groups = trials.map((trial) =>
    (input.trials[trial]?.stimuli ?? []).map((id) => {
      const known = indexOf.get(id);
      if (known !== undefined) return known;
      indexOf.set(id, indexOf.size);
      return indexOf.size - 1;
    })
  );
  return { indexOf, groups };
}

/** How a gold trial or a trap stands: turned once more in each session, from a start of its own. */
function checkOrder(input: SessionOrderInput, trial: number): number[] {
  const own = identityOrder(stimuliIn(input, trial));
  const start = seededRandom(`checks/${input.studySeed}/${trial}`).integer(own.length);
  const turn = (start + input.sessionNumber) % own.length;
  return [...own.slice(turn), ...own.slice(0, turn)];
}

/** Where a check comes within its stretch: in its middle half, so that two never meet and none opens or closes the trials. */
const CHECK_FROM = 0.25;
const CHECK_WIDTH = 0.5;

/** The test trials with the checks among them; a place beside a trial that shares a stimulus is passed over where another is near. */
function withChecks(
  sequence: readonly Item[],
  checks: readonly number[],
  trials: SessionOrderInput['trials'],
  random: Random
): number[] {
  const test = sequence.map(({ trial }) => trial);
  const stretch = test.length / checks.length;
  const shares = (check: number, at: number): boolean =>
    [test[at - 1], test[at]].some(
      (other) =>
        other !== undefined &&
        (trials[other]?.stimuli ?? []).some((id) => trials[check]?.stimuli.includes(id) === true)
    );
  const before = new Map<number, number[]>();
  shuffled(checks, random).forEach((check, index) => {
    const from = stretch * (index + CHECK_FROM);
    const places = Math.max(1, Math.floor(stretch * CHECK_WIDTH));
    const first = random.integer(places);
    const offsets = Array.from({ length: places }, (_, step) => (first + step) % places);
    const offset = offsets.find((step) => !shares(check, Math.round(from) + step)) ?? first;
    const at = Math.min(test.length, Math.round(from) + offset);
    before.set(at, [...(before.get(at) ?? []), check]);
  });
  return Array.from({ length: test.length + 1 }, (_, at) => [
    ...(before.get(at) ?? []),
    ...(at < test.length ? [test[at] as number] : [])
  ]).flat();
}

/** Two swap sides; a group is seen from the other end, which no slot survives. */
function swapped(order: readonly number[]): number[] {
  return order.slice().reverse();
}

/** A place in the sequence. Items may change places within their block without breaking any distance. */
interface Item {
  trial: number;
  block: number;
}

/** Every trial, then every trial again: the halves of the second pass hold what the halves of the first held. */
function bothPasses(main: readonly number[], random: Random): Item[] {
  const order = shuffled(main, random);
  const middle = Math.ceil(order.length / 2);
  const halves = [order.slice(0, middle), order.slice(middle)];
  return [0, 1].flatMap((pass) =>
    halves.flatMap((half, index) =>
      shuffled(half, random).map((trial) => ({ trial, block: 2 * pass + index }))
    )
  );
}

/** The repeated trials in the first half, each again at least half the trials later. */
function withRepeats(main: readonly number[], twice: readonly number[], random: Random): Item[] {
  const repeated = new Set(twice);
  const others = shuffled(
    main.filter((trial) => !repeated.has(trial)),
    random
  );
  const middle = Math.ceil(main.length / 2);
  const early = shuffled([...twice, ...others.slice(0, middle - twice.length)], random);
  const order = [...early, ...others.slice(middle - twice.length)];

  const FREE = 0;
  const after = new Map<number, number[]>();
  order.forEach((trial, index) => {
    if (!repeated.has(trial)) return;
    const place = index + middle + random.integer(order.length - index - middle + 1);
    after.set(place, [...(after.get(place) ?? []), trial]);
  });
  const items: Item[] = [];
  for (let index = 0; index <= order.length; index++) {
    for (const trial of shuffled(after.get(index) ?? [], random))
      items.push({ trial, block: -1 - items.length });
    const trial = order[index];
    if (trial === undefined) continue;
    // What comes twice stays where it is: it is alone in its block.
    items.push({ trial, block: repeated.has(trial) ? -1 - items.length : FREE });
  }
  return items;
}

/**
 * Exchanges items so that neighbours share no stimulus: where two do, one of them changes places with another of its
 * block, at random or, where chance finds none, with the first that helps. A few passes; what then still clashes stays.
 */
function separate(items: Item[], trials: SessionOrderInput['trials'], random: Random): void {
  const PASSES = 4;
  const TRIES = 40;
  const FARTHEST = 2000;
  const clash = (a: number, b: number): boolean => {
    const one = items[a];
    const other = items[b];
    if (one === undefined || other === undefined) return false;
    const stimuli = trials[other.trial]?.stimuli ?? [];
    return (trials[one.trial]?.stimuli ?? []).some((id) => stimuli.includes(id));
  };
  const clashesAt = (index: number) => Number(clash(index - 1, index)) + Number(clash(index, index + 1));
  const exchange = (a: number, b: number) => {
    const held = items[a] as Item;
    items[a] = items[b] as Item;
    items[b] = held;
  };
  const places = new Map<number, number[]>();
  items.forEach(({ block }, index) => {
    const own = places.get(block);
    if (own) own.push(index);
    else places.set(block, [index]);
  });
  /** Exchanges the two if that leaves fewer clashes, `index` with its neighbour among those gone. */
  const helps = (mine: number, other: number, index: number): boolean => {
    if (Math.abs(mine - other) < 2) return false;
    const before = clashesAt(mine) + clashesAt(other);
    exchange(mine, other);
    if (clashesAt(mine) + clashesAt(other) < before && !clash(index - 1, index)) return true;
    exchange(mine, other);
    return false;
  };
  const blockOf = (index: number) => places.get((items[index] as Item).block) as number[];
  const resolve = (index: number): void => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const mine = random.integer(2) === 0 ? index : index - 1;
      const block = blockOf(mine);
      if (helps(mine, block[random.integer(block.length)] as number, index)) return;
    }
    for (const mine of [index, index - 1]) {
      for (const other of blockOf(mine).slice(0, FARTHEST)) if (helps(mine, other, index)) return;
    }
  };
  for (let pass = 0; pass < PASSES; pass++) {
    let clashes = 0;
    for (let index = 1; index < items.length; index++) {
      if (!clash(index - 1, index)) continue;
      clashes++;
      resolve(index);
    }
    // An exchange may leave a clash behind, fewer than before: only a pass that finds none ends it.
    if (clashes === 0) return;
  }
}
