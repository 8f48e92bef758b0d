/** A figure, or the reason why there is none: what is missing is never 0 and never silent. */
export type Finding<T> = { value: T; why: null } | { value: null; why: string };

export function found<T>(value: T): Finding<T> {
  return { value, why: null };
}

/** @param why one sentence for the reader, without a full stop. */
export function missing<T>(why: string): Finding<T> {
  return { value: null, why };
}

/** The figure where it exists, else the reason. */
export function orMissing<T>(value: T | null, why: string): Finding<T> {
  return value === null ? missing(why) : found(value);
}
