import { SCOPE_SAYS, SCOPES } from '#lib/domain/token-scopes.ts';
import { jsonSchema, type JsonSchema } from './json-schema.ts';
import { isStreamed, type Operation } from './operation.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

export const API_ROOT = '/api/v1';

const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'What went wrong, in one sentence (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The sentence' },
    code: { enum: Object.keys(PROBLEMS), description: 'For programs' },
    scope: { enum: [...SCOPES], description: 'The scope that is missing' },
    at: { type: 'string', description: 'Where in query or body' },
    errorId: { type: 'string', description: 'Under which the lab’s log has it' }
  }
};

/** What an operation can refuse with, in the order of the statuses. */
export function problemsOf(operation: Operation): ProblemCode[] {
  const codes = new Set<ProblemCode>(operation.problems);
  if (operation.scope !== null) {
    for (const code of ['no-token', 'wrong-token', 'missing-scope', 'too-many'] as const) codes.add(code);
  }
  if (operation.query !== null || operation.body !== null) codes.add('invalid');
  if (operation.body !== null) codes.add('wrong-media-type');
  if (operation.body !== null && !isStreamed(operation.body)) codes.add('malformed').add('too-large');
  codes.add('unexpected');
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code));
}

/** The whole API in OpenAPI 3.1, made of the schemas that its requests are checked with. */
export function describeApi(operations: readonly Operation[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  }
  const scopes = SCOPES.map((scope) => `- \`${scope}\`: ${SCOPE_SAYS[scope]}`).join('\n');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Limen',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: `The lab's services as JSON. A token from Settings, or \`limen token create\`, goes along as \`Authorization: Bearer …\`. Its scopes:\n\n${scopes}`
    },
    servers: [{ url: API_ROOT }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: PROBLEM_SCHEMA }
    }
  };
}

function describe(operation: Operation): JsonSchema {
  const { id, tag, summary, says, scope } = operation;
  const needs = scope === null ? [] : [`Needs the scope \`${scope}\`.`];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [...(says === undefined ? [] : [says]), ...needs].join(' '),
    security: scope === null ? [] : [{ token: [scope] }],
    parameters: [
      ...Object.entries(operation.params).map(([name, description]) => ({
        name,
        in: 'path',
        required: true,
        description,
        schema: { type: 'string' }
      })),
      ...queryOf(operation).map(({ name, schema, needed }) => {
        const { description, ...rest } = schema;
        return { name, in: 'query', required: needed, description, schema: rest };
      })
    ],
    ...bodyOf(operation),
    responses: responsesOf(operation)
  };
}

export function queryOf({ query }: Operation): { name: string; schema: JsonSchema; needed: boolean }[] {
  if (query === null) return [];
  const schema = jsonSchema(query) as { properties: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(schema.properties).map(([name, own]) => ({
    name,
    schema: own,
    needed: schema.required?.includes(name) ?? false
  }));
}

function bodyOf({ body }: Operation): JsonSchema {
  if (body === null) return {};
  if (isStreamed(body)) {
    return {
      requestBody: {
        required: true,
        description: body.says,
        content: { [body.mediaType]: { schema: { type: 'string' } } }
      }
    };
  }
  return { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } };
}

function responsesOf(operation: Operation): JsonSchema {
  const good =
    operation.answer === null
      ? { description: 'The file', content: { '*/*': { schema: {} } } }
      : {
          description: operation.summary,
          content: { 'application/json': { schema: jsonSchema(operation.answer) } }
        };
  const byStatus = new Map<number, string[]>();
  for (const code of problemsOf(operation)) {
    const { status, says } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${says}`]);
  }
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return {
    [String(operation.status)]: good,
    ...Object.fromEntries(
      [...byStatus].map(([status, says]) => [
        String(status),
        {
          description: says.join(' '),
          ...(status === 429
            ? { headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } } }
            : {}),
          content: problem
        }
      ])
    )
  };
}
