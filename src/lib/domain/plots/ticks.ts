/**
 * Round values to label an axis with: multiples of 1, 2 or 5 times a power of ten within [low, high], about `wanted`
 * of them. Empty when the span is empty or not finite.
 */
export function ticks(low: number, high: number, wanted = 5): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    // Rounded to the step's own decimals: 0.30000000000000004 is 0.3.
    found.push(Number((k * step).toPrecision(12)));
  }
  return found;
}
