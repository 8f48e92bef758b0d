import * as v from 'valibot';

/** Shorthands of the schemas: what a field is, and what is said of it. */
export const text = (says: string) => v.pipe(v.string(), v.description(says));
export const number = (says: string) => v.pipe(v.number(), v.description(says));
export const whole = (says: string, least = 0) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.description(says));
export const truth = (says: string) => v.pipe(v.boolean(), v.description(says));
export const orNull = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
export const listOf = <S extends v.GenericSchema>(schema: S, says: string) =>
  v.pipe(v.array(schema), v.description(says));
export const oneOf = <const T extends readonly string[]>(words: T, says: string) =>
  v.pipe(v.picklist(words), v.description(says));
export const instant = (says: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(says));
/** An object whose further fields are described elsewhere. */
export const open = (says: string) => v.pipe(v.looseObject({}), v.description(says));

/** A date as the API writes it. */
export function iso(at: Date | string): string {
  return new Date(at).toISOString();
}

export const isoOrNull = (at: Date | string | null): string | null => (at === null ? null : iso(at));
