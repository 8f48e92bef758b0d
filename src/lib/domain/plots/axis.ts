/** The part of a line that an axis shows, with what it measures and in which unit. */
export interface Axis {
  low: number;
  high: number;
  /** Such as "MOS (1 to 5)". */
  label: string;
}

/**
 * An axis wide enough for all values, with a twentieth of the span free at both ends. Without a span (no value, or all
 * equal) it is one unit wide about the value, or 0 to 1.
 */
export function axisFor(values: Iterable<number>, label: string): Axis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 1, label };
  if (low === high) return { low: low - 0.5, high: high + 0.5, label };
  const room = (high - low) / 20;
  return { low: low - room, high: high + room, label };
}

/** A place on an axis as a coordinate; values beyond its ends stay at them. */
export function placed(
  axis: Pick<Axis, 'low' | 'high'>,
  from: number,
  to: number
): (value: number) => number {
  const scale = (to - from) / (axis.high - axis.low);
  return (value) => {
    const held = Math.min(axis.high, Math.max(axis.low, value));
    return Math.round((from + (held - axis.low) * scale) * 10) / 10;
  };
}

/** A function as the `d` of an SVG path, over so many steps of the axis. */
export function curvePath(
  axis: Pick<Axis, 'low' | 'high'>,
  f: (value: number) => number,
  x: (value: number) => number,
  y: (value: number) => number,
  steps = 80
): string {
  const parts: string[] = [];
  for (let k = 0; k <= steps; k++) {
    const at = axis.low + (k / steps) * (axis.high - axis.low);
    const value = f(at);
    if (!Number.isFinite(value)) continue;
    parts.push(`${parts.length === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`);
  }
  return parts.join('');
}
