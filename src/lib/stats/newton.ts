import { solveByConjugateGradients } from './conjugate-gradient.ts';
import { bandwidthOrder } from './bandwidth-order.ts';
import { laplacian, type PairMatrix } from './pair-matrix.ts';
import { factorise, planTiles, solveFactored, type TilePlan } from './tiled-cholesky.ts';

/**
 * A concave log-likelihood of n values that depends on their differences alone, pair by pair, so that its
 * negative Hessian is a weighted graph Laplacian; optionally of one more parameter θ (the tie parameter of
 * Davidson's model, as log ν).
 */
export interface PairwiseLikelihood {
  readonly n: number;
  /** The pairs i < j that carry curvature, each once. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly hasExtra: boolean;
  value(s: Float64Array, extra: number): number;
  /** Value and derivatives at a point; the arrays of `into` are overwritten. */
  derivatives(s: Float64Array, extra: number, into: DerivativeArrays): Derivatives;
}

export interface DerivativeArrays {
  /** ∂/∂s, n values. */
  readonly gradient: Float64Array;
  /** Σ |terms| of each gradient element: its rounding error is a multiple of this. */
  readonly magnitude: Float64Array;
  /** Per pair −∂²/∂z², z = s_first − s_second. */
  readonly weights: Float64Array;
  /** −∂²/∂s∂θ (only with `hasExtra`). */
  readonly border: Float64Array;
}

export interface Derivatives {
  value: number;
  /** ∂/∂θ and −∂²/∂θ²; 0 without θ. */
  extraGradient: number;
  extraCurvature: number;
}

export interface Maximum {
  readonly s: Float64Array;
  readonly extra: number;
  /** Log-likelihood − ½·ridge·Σs². */
  readonly value: number;
  readonly maxGradient: number;
  readonly converged: boolean;
  readonly iterations: number;
  /** Negative Hessian in s at the maximum, ridge included, without the border. */
  readonly hessian: PairMatrix;
  readonly border: Float64Array;
  readonly extraCurvature: number;
}

/** Above this many multiplications per factorisation conjugate gradients take over. */
const DIRECT_WORK = 5e7;

/**
 * Maximises L(s, θ) − ½·ridge·Σs² by Newton's method with backtracking. With ridge 0 the maximum is made
 * unique by Σs = 0, and the comparison graph has to be strongly connected (the caller's business), or there
 * is no maximum.
 *
 * Converged means: every element of the gradient is below 1e-8 in absolute value, or, where counts are so
 * large that double precision cannot say so, below 16 rounding errors of the terms it sums.
 *
 * @param start where θ begins.
 */
export function maximise(
  likelihood: PairwiseLikelihood,
  ridge: number,
  start = 0,
  maxIterations = 200
): Maximum {
  const { n, first, second } = likelihood;
  const into: DerivativeArrays = {
    gradient: new Float64Array(n),
    magnitude: new Float64Array(n),
    weights: new Float64Array(first.length),
    border: new Float64Array(n)
  };
  const { gradient, magnitude } = into;
  const solve = solver(n, first, second, ridge);
  let s: Float64Array = new Float64Array(n);
  let extra = start;
  let iterations = 0;
  let before = Number.POSITIVE_INFINITY;
  let startGradient: number | undefined;
  for (;;) {
    const here = likelihood.derivatives(s, extra, into);
    const value = here.value - penalty(s, ridge);
    let maxGradient = Math.abs(here.extraGradient);
    let converged = true;
    let magnitudes = 0;
    for (let i = 0; i < n; i++) {
      (gradient[i] as number) -= ridge * (s[i] as number);
      const size = Math.abs(gradient[i] as number);
      maxGradient = Math.max(maxGradient, size);
      converged &&= size < Math.max(1e-8, 16 * Number.EPSILON * (magnitude[i] as number));
      magnitudes += magnitude[i] as number;
    }
    converged &&= Math.abs(here.extraGradient) < Math.max(1e-8, 16 * Number.EPSILON * magnitudes);
    const hessian = laplacian(n, first, second, into.weights, ridge);
    const done = (): Maximum => ({
      s,
      extra,
      value,
      maxGradient,
      converged,
      iterations,
      hessian,
      border: into.border,
      extraCurvature: here.extraCurvature
    });
    if (maxGradient === 0 || iterations >= maxIterations) return done();

    // Far from the maximum the Newton direction need not be exact; towards it the tolerance falls with the
    // gradient, which keeps the convergence quadratic.
    startGradient ??= maxGradient;
    const tolerance = Math.max(1e-12, Math.min(1e-2, 0.1 * (maxGradient / startGradient)));
    const step = direction(solve, hessian, into, here, likelihood.hasExtra, tolerance);
    const length = step.s.reduce((most, d) => Math.max(most, Math.abs(d)), Math.abs(step.extra));
    // Newton converges quadratically: behind a step this short lies nothing that doubles can hold. A step
    // that no longer shrinks is rounding.
    if (converged && (length < 1e-11 || length > before / 4)) return done();
    before = length;
    const next = search(likelihood, ridge, s, extra, value, step);
    if (next === null) return done();
    s = next.s;
    extra = next.extra;
    iterations++;
  }
}

interface Step {
  s: Float64Array;
  extra: number;
  /** Gradient times step: twice the gain that the quadratic model promises. */
  slope: number;
}

/** Solves hessian · x = b; iterative ones shrink the residual by `tolerance`, direct ones pass it over. */
type Solver = (hessian: PairMatrix, b: Float64Array, tolerance: number) => Float64Array;

/** The Newton direction, with θ eliminated by its Schur complement. */
function direction(
  solve: Solver,
  hessian: PairMatrix,
  { gradient, border }: DerivativeArrays,
  here: Derivatives,
  hasExtra: boolean,
  tolerance: number
): Step {
  const s = solve(hessian, gradient, tolerance);
  let extra = 0;
  if (hasExtra) {
    const bent = solve(hessian, border, tolerance);
    extra = (here.extraGradient - dot(border, s)) / Math.max(here.extraCurvature - dot(border, bent), 1e-300);
    // Far from the maximum in θ the model can promise anything; ν changes by at most a factor e⁴ a step.
    extra = Math.max(-4, Math.min(4, extra));
    for (let i = 0; i < s.length; i++) (s[i] as number) -= extra * (bent[i] as number);
  }
  return { s, extra, slope: dot(gradient, s) + here.extraGradient * extra };
}

/** Halves the step until the value has risen enough (Armijo); null when no step rises any more. */
function search(
  likelihood: PairwiseLikelihood,
  ridge: number,
  s: Float64Array,
  extra: number,
  value: number,
  step: Step
): { s: Float64Array; extra: number } | null {
  // Close to the maximum the gain is smaller than the rounding of the value, which then decides nothing.
  const noise = 64 * Number.EPSILON * Math.max(1, Math.abs(value));
  const trial: Float64Array = new Float64Array(s.length);
  for (let t = 1; t > 1e-12; t /= 2) {
    let mean = 0;
    for (let i = 0; i < s.length; i++) {
      trial[i] = (s[i] as number) + t * (step.s[i] as number);
      mean += trial[i] as number;
    }
    mean /= s.length;
    for (let i = 0; i < s.length; i++) (trial[i] as number) -= mean;
    const risen = likelihood.value(trial, extra + t * step.extra) - penalty(trial, ridge) - value;
    if (risen >= 1e-4 * t * step.slope - noise) return { s: trial, extra: extra + t * step.extra };
  }
  return null;
}

function solver(n: number, first: Int32Array, second: Int32Array, ridge: number): Solver {
  const plan = directPlan(n, first, second);
  if (plan === null) {
    return (hessian, b, tolerance) => centred(solveByConjugateGradients(hessian, b, tolerance).x, ridge);
  }
  return (hessian, b, tolerance) => {
    const ground = ridge > 0 ? -1 : heaviest(hessian);
    const factor = factorise(plan, hessian, ground);
    // Singular in double precision: conjugate gradients stay within what can be resolved.
    if (factor === null) return centred(solveByConjugateGradients(hessian, b, tolerance).x, ridge);
    const held = ground < 0 ? b : b.with(ground, 0);
    return centred(solveFactored(factor, held), ridge);
  };
}

function directPlan(n: number, first: Int32Array, second: Int32Array): TilePlan | null {
  const natural = n <= 320 ? planTiles(n, first, second) : null;
  if (natural !== null) return natural;
  const banded = planTiles(n, first, second, bandwidthOrder(n, first, second));
  return banded.factorWork <= DIRECT_WORK ? banded : null;
}

/** The row that is best tied to the others: the one to hold still when only differences are determined. */
export function heaviest(matrix: PairMatrix): number {
  let best = 0;
  for (let i = 1; i < matrix.n; i++) {
    if ((matrix.diagonal[i] as number) > (matrix.diagonal[best] as number)) best = i;
  }
  return best;
}

function centred(x: Float64Array, ridge: number): Float64Array {
  if (ridge > 0) return x;
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return x.map((value) => value - mean);
}

function penalty(s: Float64Array, ridge: number): number {
  return ridge === 0 ? 0 : 0.5 * ridge * dot(s, s);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
