// npm run bench stats [-- quick]: the statistical core, beside Python with NumPy and SciPy in the same run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { selectDifficult } from '#lib/domain/selection/difficult.ts';
import { scaleVotes } from '#lib/domain/scaling/scale-votes.ts';
import { fitSubjectModel } from '#lib/domain/scaling/subject-model.ts';
import { ssim } from '#lib/metrics/ssim.ts';
import { quantile } from '#lib/stats/quantile.ts';
import { resampledCorrelations } from '#lib/stats/resampled-correlations.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { peer, whyNoPeer, type PeerResult } from './peers/peer.ts';
import { benchScale } from './scale-process.ts';
import { drawVotes, writeTable } from './votes.ts';

export interface Measured {
  seconds: number;
  /** Some numbers of the answer. */
  result: readonly number[];
}

const random = seededRandom('bench stats');

/** `quick` leaves the two whole-process scales out. */
export async function run(args: string[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const why = await whyNoPeer();
  if (why !== null) console.log(why);
  const compare = why === null;
  try {
    if (!args.includes('quick')) {
      await benchScale(folder, 1000, 100_000, compare);
      await benchScale(folder, 5000, 1_000_000, compare);
    }
    for (const items of [150, 300]) await thurstone(folder, items, compare);
    await bootstrap(folder, compare);
    await subjectModel(folder, compare);
    await selection(folder, compare);
    await structuralSimilarity(folder, compare);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function thurstone(folder: string, items: number, compare: boolean): Promise<void> {
  const table = drawVotes(items, 10 * items, random).finish(items);
  const ours = best(() => {
    const scale = scaleVotes(table);
    if (!scale.ok) throw new Error(scale.reason);
    return scale.scale.subarray(0, 5);
  });
  writeTable(folder, table);
  report(
    `Thurstone MAP with standard errors, n = ${items}, ${10 * items} votes`,
    ours,
    compare ? await peer('thurstone.py', [folder, String(items), 'se']) : null,
    'SciPy L-BFGS-B, dense inverse'
  );
}

async function bootstrap(folder: string, compare: boolean): Promise<void> {
  const n = 1000;
  const x = Float64Array.from({ length: n }, () => random.normal());
  const y = x.map((value) => value + random.normal());
  const ours = best(() => {
    const { srcc } = resampledCorrelations({
      target: y,
      columns: [{ values: x }],
      replicates: 10_000,
      random: seededRandom(1)
    });
    const sorted = (srcc[0] as Float64Array).sort();
    return [quantile(sorted, 0.025) as number, quantile(sorted, 0.975) as number];
  }, 1);
  write(folder, 'x.f64', x);
  write(folder, 'y.f64', y);
  report(
    'bootstrap of SRCC and PLCC, 10,000 resamples of n = 1,000',
    ours,
    compare ? await peer('bootstrap.py', [folder, '10000']) : null,
    'NumPy, rankdata'
  );
}

async function subjectModel(folder: string, compare: boolean): Promise<void> {
  const [observers, stimuli] = [100, 1000];
  const quality = Float64Array.from({ length: stimuli }, () => 3 + random.normal());
  const matrix = new Float64Array(observers * stimuli);
  for (let i = 0; i < observers; i++) {
    const [bias, noise] = [0.4 * random.normal(), 0.3 + 0.7 * random.uniform()];
    for (let j = 0; j < stimuli; j++) {
      const rating = Math.round((quality[j] as number) + bias + noise * random.normal());
      matrix[i * stimuli + j] = random.uniform() < 0.1 ? Number.NaN : Math.min(5, Math.max(1, rating));
    }
  }
  const given = [...matrix.keys()].filter((at) => !Number.isNaN(matrix[at] as number));
  const ratings = {
    observers,
    stimuli,
    observer: Int32Array.from(given, (at) => Math.floor(at / stimuli)),
    stimulus: Int32Array.from(given, (at) => at % stimuli),
    rating: Float64Array.from(given, (at) => matrix[at] as number)
  };
  const ours = best(() =>
    fitSubjectModel(ratings)
      .stimuli.slice(0, 5)
      .map((one) => one.quality as number)
  );
  write(folder, 'ratings.f64', matrix);
  report(
    'subject model, 1,000 stimuli × 100 observers, a tenth missing',
    ours,
    compare ? await peer('subject_model.py', [folder, String(observers), String(stimuli)]) : null,
    'NumPy'
  );
}

async function selection(folder: string, compare: boolean): Promise<void> {
  const [rows, dimensions, n, lambda] = [2982, 512, 150, 0.01];
  const errors = Array.from({ length: rows }, () => random.normal() ** 2);
  const values = Float64Array.from({ length: rows * dimensions }, () => Math.abs(random.normal()));
  const ours = best(() => {
    const picks = selectDifficult(errors, n, { lambda, features: { dimensions, values } });
    return [...picks.slice(0, 5), ...picks.slice(-5)].map((pick) => pick.index);
  });
  write(folder, 'errors.f64', Float64Array.from(errors));
  write(folder, 'features.f64', values);
  report(
    `difficult selection, ${n} of ${rows} × ${dimensions}`,
    ours,
    compare ? await peer('selection.py', [folder, String(n), String(lambda)]) : null,
    'NumPy'
  );
}

async function structuralSimilarity(folder: string, compare: boolean): Promise<void> {
  const [widthPx, heightPx] = [1920, 1080];
  const a = new Uint8Array(widthPx * heightPx);
  const b = new Uint8Array(widthPx * heightPx);
  for (let i = 0; i < a.length; i++) {
    const wave = 128 + 90 * Math.sin((i % widthPx) / 17) * Math.cos(i / widthPx / 23);
    a[i] = wave;
    b[i] = Math.min(255, Math.max(0, wave + 12 * random.normal()));
  }
  const ours = best(() => [ssim({ widthPx, heightPx, data: a }, { widthPx, heightPx, data: b }) as number]);
  writeFileSync(path.join(folder, 'a.u8'), a);
  writeFileSync(path.join(folder, 'b.u8'), b);
  report(
    'SSIM of 1920 × 1080 pixels',
    ours,
    compare ? await peer('ssim.py', [folder, String(widthPx)]) : null,
    'SciPy correlate1d'
  );
}

/** The best of some runs: what the machine can do when nothing else disturbs it. */
function best(compute: () => ArrayLike<number>, runs = 3): Measured {
  let seconds = Infinity;
  let result: readonly number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    result = Array.from(compute());
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { seconds, result };
}

function report(what: string, ours: Measured, theirs: PeerResult | null, name: string): void {
  const own = `${what}: ${ours.seconds.toFixed(3)} s`;
  if (theirs === null) {
    console.log(own);
    return;
  }
  const furthest = ours.result.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (theirs.result[i] ?? Number.NaN))),
    0
  );
  const ratio = theirs.seconds / ours.seconds;
  console.log(
    `${own}; ${name} ${theirs.seconds.toFixed(3)} s, ${ratio.toFixed(1)} times ours; answers differ by at most ${furthest.toExponential(1)}`
  );
}

function write(folder: string, name: string, values: Float64Array): void {
  writeFileSync(path.join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
