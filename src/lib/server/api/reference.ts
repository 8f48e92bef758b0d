import type { Scope } from '#lib/domain/token-scopes.ts';
import { jsonSchema, type JsonSchema } from './json-schema.ts';
import { API_ROOT, problemsOf, queryOf } from './openapi.ts';
import { isStreamed, type Operation } from './operation.ts';
import { PROBLEMS } from './problem.ts';

export interface ReferenceField {
  /** "items[].mos" */
  name: string;
  type: string;
  needed: boolean;
  says: string;
}

export interface ReferenceOperation {
  id: string;
  method: string;
  path: string;
  summary: string;
  says: string;
  scope: Scope | null;
  status: number;
  /** Of the path and behind the question mark. */
  parameters: ReferenceField[];
  /** The kinds of body that it takes, usually one; a streamed one has no fields. */
  bodies: { title: string; fields: ReferenceField[] }[];
  /** null: a file. */
  answer: ReferenceField[] | null;
  refusals: { status: number; code: string }[];
}

/** The API by its parts, for reading: made of the same schemas as the OpenAPI description. */
export function describeForReading(
  operations: readonly Operation[]
): { tag: string; operations: ReferenceOperation[] }[] {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return tags.map((tag) => ({
    tag,
    operations: operations.filter((operation) => operation.tag === tag).map(describe)
  }));
}

function describe(operation: Operation): ReferenceOperation {
  const { id, method, path, summary, says = '', scope, status, params, answer } = operation;
  return {
    id,
    method,
    path: API_ROOT + path,
    summary,
    says: says.replaceAll('`', ''),
    scope,
    status,
    parameters: [
      ...Object.entries(params).map(([name, said]) => ({
        name: `{${name}}`,
        type: 'text',
        needed: true,
        says: said.replaceAll('`', '')
      })),
      ...queryOf(operation).map(({ name, schema, needed }) => field(name, schema, needed))
    ],
    bodies: bodiesOf(operation),
    answer: answer === null ? null : fieldsOf(jsonSchema(answer), ''),
    refusals: problemsOf(operation)
      .filter((code) => code !== 'unexpected')
      .map((code) => ({ status: PROBLEMS[code].status, code }))
  };
}

function bodiesOf({ body }: Operation): ReferenceOperation['bodies'] {
  if (body === null) return [];
  if (isStreamed(body)) return [{ title: `${body.mediaType}: ${body.says}`, fields: [] }];
  const schema = jsonSchema(body);
  const kinds = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (kinds === undefined) return [{ title: 'JSON', fields: fieldsOf(schema, '') }];
  return kinds.map((kind) => {
    const { method } = kind['properties'] as Record<string, JsonSchema>;
    return { title: `JSON, method ${String(method?.['const'])}`, fields: fieldsOf(kind, '') };
  });
}

function fieldsOf(schema: JsonSchema, prefix: string): ReferenceField[] {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  const needed = (schema['required'] ?? []) as string[];
  return Object.entries(properties).flatMap(([name, own]) => {
    const one = field(prefix + name, own, needed.includes(name));
    const inner = notNull(own);
    if (inner['type'] === 'array') {
      const items = fieldsOf(inner['items'] as JsonSchema, `${prefix}${name}[].`);
      return items.length === 0 ? [one] : one.says === '' ? items : [one, ...items];
    }
    const below = fieldsOf(inner, `${prefix}${name}.`);
    return below.length === 0 ? [one] : one.says === '' ? below : [one, ...below];
  });
}

function field(name: string, schema: JsonSchema, needed: boolean): ReferenceField {
  const inner = notNull(schema);
  const usual = schema['default'];
  const said = String(inner['description'] ?? schema['description'] ?? '').replaceAll('`', '');
  const also = usual === undefined || usual === null ? '' : `usually ${JSON.stringify(usual)}`;
  return {
    name,
    type: typeOf(inner) + (inner === schema ? '' : ' or null'),
    needed,
    says: [said, also].filter((part) => part !== '').join('; ')
  };
}

/** What a schema is where it is not null. */
function notNull(schema: JsonSchema): JsonSchema {
  const kinds = schema['anyOf'] as JsonSchema[] | undefined;
  return kinds?.find((kind) => kind['type'] !== 'null') ?? schema;
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object'
};

function typeOf(schema: JsonSchema): string {
  if (schema['const'] !== undefined) return String(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].join(', ');
  if (schema['format'] === 'date-time') return 'instant';
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'] as JsonSchema)}`;
  return WORDS[String(schema['type'])] ?? 'anything';
}
