import * as v from 'valibot';
import { Problem } from './problem.ts';

export const LIMIT = { usual: 100, most: 1000 };

/** The query of every list. */
export const PAGING = {
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMIT.most), v.description('How many at most')),
    LIMIT.usual
  ),
  cursor: v.optional(v.pipe(v.string(), v.description('`nextCursor` of the page before')))
};

/** A page of a list; `nextCursor` is null on the last one. */
export function pageOf<S extends v.GenericSchema>(item: S) {
  return v.strictObject({
    items: v.array(item),
    nextCursor: v.pipe(v.nullable(v.string()), v.description('Give it as `cursor` for the next page'))
  });
}

/** Where a page begins: a number of the list's own that stays true while the list grows; null for the first. */
export function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const number = /^after-(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (number === undefined) {
    throw new Problem('invalid', 'query.cursor: this is no cursor; take it from nextCursor', {
      at: 'query.cursor'
    });
  }
  return Number(number);
}

export function writeCursor(number: number): string {
  return Buffer.from(`after-${number}`, 'latin1').toString('base64url');
}

/** A page of a short list that is read whole, by rising ids: what comes in meanwhile moves nothing. */
export function pageById<T extends { id: number }, U>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  show: (one: T) => U
): { items: U[]; nextCursor: string | null } {
  const after = readCursor(cursor) ?? 0;
  const rest = [...all].sort((a, b) => a.id - b.id).filter(({ id }) => id > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(show),
    nextCursor: last !== undefined && rest.length > limit ? writeCursor(last.id) : null
  };
}
