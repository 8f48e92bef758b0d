/** A point in the plane and the value there. */
export interface PlanePoint {
  a: number;
  b: number;
  value: number;
}

/**
 * Nelder and Mead's simplex search for a minimum over the plane (Computer Journal 7, 1965), without
 * derivatives: for functions that are continuous but bend sharply, as least squares under constraints do.
 * It finds the minimum of the valley in which it starts, no more.
 *
 * @param f to be minimised; may return +∞ to forbid a point.
 * @param start with its value. @param steps the first simplex's extent along a and b.
 * @param evaluations how many calls of f it may spend.
 * @returns the best point seen, never worse than the start; stops early once the values differ by less
 *   than 1e-13 of the largest or the simplex has shrunk to rounding error.
 */
export function minimiseInPlane(
  f: (a: number, b: number) => number,
  start: PlanePoint,
  steps: { a: number; b: number },
  evaluations: number
): PlanePoint {
  const at = (a: number, b: number): PlanePoint => ({ a, b, value: f(a, b) });
  let left = evaluations - 2;
  const simplex: [PlanePoint, PlanePoint, PlanePoint] = [
    start,
    at(start.a + steps.a, start.b),
    at(start.a, start.b + steps.b)
  ];
  while (left > 0) {
    simplex.sort((p, q) => p.value - q.value);
    const [best, middle, worst] = simplex;
    const extent = Math.abs(worst.a - best.a) + Math.abs(worst.b - best.b);
    const flat = worst.value - best.value <= 1e-13 * Math.abs(worst.value);
    if ((flat && extent < 1e-4) || extent < 1e-11) break;
    const a = (best.a + middle.a) / 2;
    const b = (best.b + middle.b) / 2;
    const along = (by: number) => at(a + by * (a - worst.a), b + by * (b - worst.b));
    const reflected = along(1);
    left--;
    if (reflected.value < best.value) {
      const expanded = along(2);
      left--;
      simplex[2] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < middle.value) {
      simplex[2] = reflected;
    } else {
      const contracted = reflected.value < worst.value ? along(0.5) : along(-0.5);
      left--;
      if (contracted.value < Math.min(reflected.value, worst.value)) {
        simplex[2] = contracted;
      } else {
        const towards = (p: PlanePoint) => at(best.a + (p.a - best.a) / 2, best.b + (p.b - best.b) / 2);
        simplex[1] = towards(middle);
        simplex[2] = towards(worst);
        left -= 2;
      }
    }
  }
  return simplex.reduce((p, q) => (q.value < p.value ? q : p));
}
