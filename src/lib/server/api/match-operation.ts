import type { Operation } from './operation.ts';
import { Problem } from './problem.ts';

/**
 * The operation that a method and a path (not decoded) ask for, with the path's parameters decoded.
 * @throws Problem where there is none, or the path takes other methods.
 */
export function matchOperation(
  operations: readonly Operation[],
  method: string,
  pathname: string,
  root: string
): { operation: Operation; params: Record<string, string> } {
  const segments = pathname.slice(root.length).split('/').slice(1).map(decoded);
  const there = operations.flatMap((operation) => {
    const params = fit(operation.path.split('/').slice(1), segments);
    return params === null ? [] : [{ operation, params }];
  });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = there.find(({ operation }) => operation.method === wanted);
  if (found) return found;
  if (there.length === 0) {
    throw new Problem(
      'no-such-operation',
      `this lab's API has no ${pathname}; ${root}/openapi.json lists it`
    );
  }
  const allowed = there.map(({ operation }) => operation.method).join(', ');
  throw new Problem('wrong-method', `${pathname} takes ${allowed}, not ${method}`, {}, { Allow: allowed });
}

function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] as string;
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== segment : segment === '') return null;
    if (name !== undefined) params[name] = segment;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem('malformed', `${JSON.stringify(segment)} is not encoded as an address is`);
  }
}
