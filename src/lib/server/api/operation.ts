import type { ReadableStream } from 'node:stream/web';
import type * as v from 'valibot';
import type { Scope } from '#lib/domain/token-scopes.ts';
import type { Lab } from '../services/lab.ts';
import type { ProblemCode } from './problem.ts';

export type Entries = Record<string, v.GenericSchema>;
export type Query<E extends Entries> = v.StrictObjectSchema<E, undefined>;

/** A body that goes through as it comes, instead of JSON. */
export interface StreamedBody {
  mediaType: string;
  says: string;
}

export interface Call<Q, B> {
  lab: Lab;
  /** A parameter of the path, decoded. */
  param(name: string): string;
  query: Q;
  body: B;
  /** The request's own stream where the operation takes a `StreamedBody`. */
  stream: ReadableStream<Uint8Array> | null;
  /** Where the lab is reached, for links. */
  origin: string;
}

/** What an operation that streams a file gives. */
export interface FileAnswer {
  fileName: string;
  mediaType: string;
  stream: ReadableStream<Uint8Array>;
}

/** One operation of the API: what it takes, what it gives, who may. Everything said about it comes from here. */
export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** Under /api/v1, with `{names}`. */
  path: string;
  tag: string;
  summary: string;
  /** Further sentences. */
  says?: string;
  /** null: open to everybody. */
  scope: Scope | null;
  /** What stands for each `{name}`. */
  params: Record<string, string>;
  query: Query<Entries> | null;
  body: v.GenericSchema | StreamedBody | null;
  /** null: a file. */
  answer: v.GenericSchema | null;
  status: 200 | 201 | 202;
  /** What it can refuse with, besides what every operation can. */
  problems: readonly ProblemCode[];
  run(call: Call<never, never>): Promise<unknown>;
}

/** Writes an operation down with its query and body typed by their schemas. */
export function operation<E extends Entries = Entries, B extends v.GenericSchema = v.GenericSchema>(
  parts: Omit<Operation, 'query' | 'body' | 'run' | 'params' | 'status' | 'problems'> & {
    query?: Query<E>;
    body?: B | StreamedBody;
    params?: Record<string, string>;
    status?: Operation['status'];
    problems?: readonly ProblemCode[];
    run(call: Call<v.InferOutput<Query<E>>, v.InferOutput<B>>): Promise<unknown>;
  }
): Operation {
  return {
    params: {},
    status: 200,
    problems: [],
    ...parts,
    query: (parts.query ?? null) as Query<Entries> | null,
    body: parts.body ?? null,
    run: parts.run as Operation['run']
  };
}

export function isStreamed(body: Operation['body']): body is StreamedBody {
  return body !== null && 'mediaType' in body;
}
