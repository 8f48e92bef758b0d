import * as v from 'valibot';
import { Problem } from './problem.ts';

/** @throws Problem naming the first field of a body or query that is not as its schema says. */
export function checkValue(schema: v.GenericSchema, value: unknown, root: 'body' | 'query'): unknown {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const at = [root, ...(issue.path ?? []).map((step) => String(step.key))].join('.');
  throw new Problem('invalid', `${at}: ${sentence(issue)}`, { at });
}

function sentence(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'there is no such field';
  if (issue.received === 'undefined' || issue.type === 'strict_object' || issue.type === 'object') {
    return issue.received === 'undefined' ? 'is missing' : 'an object is needed';
  }
  const wanted = issue.expected?.replaceAll(' | ', ' or ').replaceAll('"', '');
  return `${wanted ?? 'something else'} is needed, not ${issue.received.slice(0, 60).replaceAll('"', '')}`;
}
