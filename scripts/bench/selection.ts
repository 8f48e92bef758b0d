import { selectDifficult, type Features } from '#lib/domain/selection/difficult.ts';
import { featureProducts } from '#lib/domain/selection/feature-products.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { fixed, machine, quantileOf, table } from './measure.ts';

const ROWS = 11_125;
const DIMENSIONS = 512;
const N = 150;
/** As somebody moves them: small steps, then leaps to where every row has a chance. */
const MOVES = [0.01, 0.012, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 1, 0.5, 0.1, 0.01, 3, 0];

/**
 * Difficult selection at SPAQ's size: the first choice from cold, and what moving λ or ε costs after it. Features are
 * drawn around 40 centres, as an encoder's are; errors as a metric's that correlates 0.8 with people.
 */
export function run(args: string[]): Promise<void> {
  const rows = Number(args[0] ?? ROWS);
  const random = seededRandom('bench selection');
  const features = clustered(rows, random);
  const judged = Array.from({ length: rows }, () => {
    const mos = random.uniform();
    return { mos, sigma: random.uniform(), error: (0.16 * random.normal()) ** 2 };
  });
  const errors = (epsilon: number) => judged.map(({ sigma, error }) => error / (sigma * sigma + epsilon));
  const timed = <T>(work: () => T): [T, number] => {
    const started = performance.now();
    const result = work();
    return [result, performance.now() - started];
  };
  console.log(machine());

  const [products, prepareMs] = timed(() => featureProducts(features));
  const lines: (string | null)[][] = [['', 'ms', 'entering']];
  lines.push(['reading lengths', fixed(prepareMs), null]);
  for (const lambda of [0.01, 1]) {
    const [, ms] = timed(() => selectDifficult(errors(1), N, { lambda, features }));
    lines.push([`${N} of ${rows} × ${DIMENSIONS} from cold, λ ${lambda}`, fixed(ms), null]);
  }
  let before = new Set<number>();
  const updates: number[] = [];
  const move = (what: string, lambda: number, epsilon: number) => {
    const [picks, ms] = timed(() => selectDifficult(errors(epsilon), N, { lambda, products }));
    const entering = picks.filter(({ index }) => !before.has(index)).length;
    if (before.size > 0) updates.push(ms);
    lines.push([what, fixed(ms), before.size === 0 ? null : String(entering)]);
    before = new Set(picks.map(({ index }) => index));
  };
  for (const lambda of MOVES) move(`λ ${lambda}`, lambda, 1);
  for (const epsilon of [0.5, 0.1, 0.01, 0.001]) move(`ε ${epsilon}, λ 0.1`, 0.1, epsilon);
  lines.push(['update, median', fixed(quantileOf(updates, 0.5)), null]);
  lines.push(['update, slowest', fixed(Math.max(...updates)), null]);
  table(lines);
  return Promise.resolve();
}

function clustered(rows: number, random: ReturnType<typeof seededRandom>): Features {
  const centres = Array.from({ length: 40 * DIMENSIONS }, () => random.normal());
  const values = new Float32Array(rows * DIMENSIONS);
  for (let row = 0; row < rows; row++) {
    const centre = random.integer(40) * DIMENSIONS;
    for (let d = 0; d < DIMENSIONS; d++) {
      values[row * DIMENSIONS + d] = (centres[centre + d] as number) + 0.5 * random.normal();
    }
  }
  return { dimensions: DIMENSIONS, values };
}
