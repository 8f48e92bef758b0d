import type { FitPolicy, ReferencePlace } from '#lib/domain/study.ts';

/** Width and height; in which pixels, says whoever holds it. */
export interface Size {
  width: number;
  height: number;
}

export interface Rectangle extends Size {
  left: number;
  top: number;
}

/** Where a trial's pictures stand, in whole device pixels from the stage's corner. */
export interface Placement {
  /** `exact` and `scroll` are one image pixel on one device pixel; `refused` shows nothing. */
  fit: 'exact' | 'scroll' | 'scale' | 'refused';
  /** Device pixels per image pixel: 1 unless scaled. */
  scale: number;
  /** The arrangement, for the record: `row`, `grid`, with the reference `beside`, `above` or `in-place`. */
  arrangement: string;
  stimuli: Rectangle[];
  /** Null where the reference is seen in the stimuli's own place, on demand. */
  reference: Rectangle | null;
  /** What the arrangement takes; larger than the stage when it scrolls. */
  extent: Size;
  /** The smallest stage that holds this trial at 1:1. */
  needed: Size;
}

export interface StageRules {
  /** The room for pictures, in device pixels. */
  room: Size;
  /** Between two pictures, in device pixels. */
  gap: number;
  /** Below each row, for what a picture is called; 0 where nothing is said. */
  caption: number;
  policy: FitPolicy;
  /** Where a reference may stand; `auto`, the default, takes whatever has room. */
  referencePlace?: ReferencePlace;
}

/** A cell is the index of a stimulus, or the reference. */
type Cell = number | 'reference';
interface Arrangement {
  name: string;
  rows: Cell[][];
}

/**
 * Places the pictures of a trial at one image pixel per device pixel: the first arrangement that fits, in an order that
 * depends on how many pictures there are and on nothing else. Where the reference has no room beside or above, it is
 * seen in place on demand, still pixel for pixel. Where not even that fits, the study's policy decides.
 */
export function placeStimuli(stimuli: readonly Size[], reference: Size | null, rules: StageRules): Placement {
  const arrangements = arrangementsOf(
    stimuli.length,
    reference === null ? null : (rules.referencePlace ?? 'auto')
  );
  const sizeOf = (cell: Cell) => (cell === 'reference' ? (reference as Size) : (stimuli[cell] as Size));
  const measured = arrangements.map((arrangement) => ({
    arrangement,
    size: measure(arrangement.rows, sizeOf, rules)
  }));
  const fitting = measured.find(({ size }) => share(size, rules.room) <= 1);
  // Nearest to fitting: needs the smallest enlargement of the room.
  const nearest = measured.reduce((best, one) =>
    share(one.size, rules.room) < share(best.size, rules.room) ? one : best
  );
  const chosen = fitting ?? nearest;
  const needed = nearest.size;
  if (fitting || rules.policy === 'scroll') {
    const fit = fitting ? 'exact' : 'scroll';
    return { ...lay(chosen.arrangement, sizeOf, rules, chosen.size), fit, scale: 1, needed };
  }
  if (rules.policy === 'refuse') {
    const nothing = { stimuli: [], reference: null, extent: { width: 0, height: 0 } };
    return { ...nothing, fit: 'refused', scale: 1, arrangement: chosen.arrangement.name, needed };
  }
  return { ...scaledDown(chosen.arrangement, sizeOf, rules), needed };
}

/** Every picture made smaller by one factor, as large as the room lets them be; captions and gaps stay. */
function scaledDown(
  arrangement: Arrangement,
  sizeOf: (cell: Cell) => Size,
  rules: StageRules
): Omit<Placement, 'needed'> {
  const at = (factor: number) => (cell: Cell) => {
    const { width, height } = sizeOf(cell);
    return {
      width: Math.max(1, Math.floor(width * factor)),
      height: Math.max(1, Math.floor(height * factor))
    };
  };
  let low = 0;
  let high = 1;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (share(measure(arrangement.rows, at(middle), rules), rules.room) <= 1) low = middle;
    else high = middle;
  }
  const sizes = at(low);
  const laid = lay(arrangement, sizes, rules, measure(arrangement.rows, sizes, rules));
  return { ...laid, fit: 'scale', scale: low };
}

/** Above 1 where it does not fit. */
function share(size: Size, room: Size): number {
  return Math.max(size.width / Math.max(room.width, 1), size.height / Math.max(room.height, 1));
}

function measure(rows: Cell[][], sizeOf: (cell: Cell) => Size, { gap, caption }: StageRules): Size {
  const widths = rows.map(
    (row) => row.reduce<number>((sum, cell) => sum + sizeOf(cell).width, 0) + gap * (row.length - 1)
  );
  const heights = rows.map((row) => Math.max(...row.map((cell) => sizeOf(cell).height)) + caption);
  return {
    width: Math.max(...widths),
    height: heights.reduce((sum, height) => sum + height, 0) + gap * (rows.length - 1)
  };
}

function lay(
  arrangement: Arrangement,
  sizeOf: (cell: Cell) => Size,
  { room, gap, caption }: StageRules,
  size: Size
): Pick<Placement, 'stimuli' | 'reference' | 'extent' | 'arrangement'> {
  const extent = { width: Math.max(room.width, size.width), height: Math.max(room.height, size.height) };
  const stimuli: Rectangle[] = [];
  let reference: Rectangle | null = null;
  let top = Math.floor((extent.height - size.height) / 2);
  for (const row of arrangement.rows) {
    const width = row.reduce<number>((sum, cell) => sum + sizeOf(cell).width, 0) + gap * (row.length - 1);
    const height = Math.max(...row.map((cell) => sizeOf(cell).height));
    let left = Math.floor((extent.width - width) / 2);
    for (const cell of row) {
      const own = sizeOf(cell);
      // On one base line, so that what they are called stands in one line too.
      const rectangle = { left, top: top + height - own.height, ...own };
      if (cell === 'reference') reference = rectangle;
      else stimuli[cell] = rectangle;
      left += own.width + gap;
    }
    top += height + caption + gap;
  }
  return { arrangement: arrangement.name, stimuli, reference, extent };
}

/** How many pictures stand in each row of a grid; one row is always tried first. */
const GRIDS: Readonly<Record<number, readonly number[][]>> = {
  3: [[2, 1]],
  4: [[2, 2]],
  5: [[3, 2]],
  6: [
    [3, 3],
    [2, 2, 2]
  ]
};

function arrangementsOf(count: number, reference: ReferencePlace | null): Arrangement[] {
  const all = Array.from({ length: count }, (_, index) => index);
  const plain: Arrangement[] = [{ name: 'row', rows: [all] }];
  for (const lengths of GRIDS[count] ?? []) {
    let from = 0;
    const rows = lengths.map((length) => all.slice(from, (from += length)));
    plain.push({ name: plain.length === 1 ? 'grid' : `grid of ${lengths.length} rows`, rows });
  }
  if (reference === null) return plain;
  const named =
    (what: string) =>
    ({ name, rows }: Arrangement) => ({ name: `${name}, reference ${what}`, rows });
  const beside: Arrangement[] =
    count === 2
      ? // Between the two: as far from the one as from the other.
        [{ name: 'row, reference between', rows: [[0, 'reference', 1]] }]
      : [{ name: 'row, reference beside', rows: [['reference', ...all]] }];
  const above = plain.map((one) => named('above')({ ...one, rows: [['reference'], ...one.rows] }));
  const inPlace = plain.map(named('in place'));
  switch (reference) {
    case 'beside':
      return beside;
    case 'above':
      return above;
    case 'in-place':
      return inPlace;
    case 'auto':
      // Beside a group the reference is nearer to one than to another.
      return [...(count <= 2 ? beside : []), ...above, ...inPlace];
  }
}
