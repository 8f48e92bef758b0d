import type * as v from 'valibot';
import { checkValue } from './check-value.ts';
import { jsonSchema } from './json-schema.ts';
import type { Entries, Operation } from './operation.ts';
import { Problem } from './problem.ts';

/** What stands behind the question mark, its texts as the numbers and truths that the schema wants. */
export function readQuery(schema: Operation['query'], given: URLSearchParams): unknown {
  const entries: Entries = schema?.entries ?? {};
  const values: Record<string, unknown> = {};
  for (const [name, text] of given) {
    if (Object.hasOwn(values, name)) {
      throw new Problem('invalid', `query.${name}: is given twice`, { at: `query.${name}` });
    }
    if (!Object.hasOwn(entries, name)) {
      const known = Object.keys(entries).join(', ');
      throw new Problem(
        'invalid',
        `query.${name}: there is no such parameter${known === '' ? '' : `; there are ${known}`}`,
        { at: `query.${name}` }
      );
    }
    values[name] = asWanted(entries[name] as v.GenericSchema, text);
  }
  return schema === null ? {} : checkValue(schema, values, 'query');
}

function asWanted(schema: v.GenericSchema, text: string): unknown {
  const { type } = jsonSchema(schema);
  if (type === 'integer' || type === 'number') {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
