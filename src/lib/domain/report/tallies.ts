import type { ReportedSitting } from './report.ts';

/** null for what is no finite number. */
export const number = (value: unknown) =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** "median (least to most), n = …"; null for none. */
export function spread(values: readonly number[], digits = 0): string | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  const text = (value: number) => value.toFixed(digits);
  return `median ${text(median)} (${text(sorted[0] as number)} to ${text(sorted.at(-1) as number)}), n = ${sorted.length}`;
}

/** "8 × 2, 3 × 1.5": what occurs, commonest first. */
export function tally(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([value, n]) => `${value} (${n})`)
    .join(', ');
}

/** Numbers that sittings recorded under a name of a step; those alone that are numbers. */
export function found(sittings: readonly ReportedSitting[], step: string, name: string): number[] {
  return sittings.flatMap(
    ({ said }) => number((said?.[step]?.value as Record<string, unknown>)?.[name]) ?? []
  );
}
