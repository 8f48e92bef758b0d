import { randomUUID } from 'node:crypto';

export interface FakeBatchOptions {
  /** Looks for which a batch stays in progress. */
  looks?: number;
  /** After so many lines of a batch time is over: the rest expire. */
  expireAfter?: number;
  /** Lines, by their place, that come back in no file at all. */
  losesLine?: number;
  /** There is no such thing here. */
  absent?: boolean;
  /** The endpoint refuses every batch as invalid, with this message. */
  invalid?: string;
}

interface Line {
  custom_id: string;
  body: unknown;
}

export interface FakeBatch {
  id: string;
  status: string;
  metadata: Record<string, string>;
  input_file_id: string;
  output_file_id: string | null;
  error_file_id: string | null;
  errors: unknown;
  requests: number;
}

export interface FakeBatches {
  batches: FakeBatch[];
  /** Lines that were answered, over all batches: what somebody would pay for. */
  answered(): number;
  files: Map<string, string>;
  handle(request: {
    method: string;
    path: string;
    body: Buffer;
    contentType: string;
  }): Promise<{ status: number; body: unknown } | null>;
}

/**
 * The /files and /batches of an OpenAI-like endpoint. A batch is worked on when it is created, by asking the endpoint's
 * own chat completions line by line; what that answers stands in its output file, what it refuses in its error file.
 */
export function fakeBatches(
  ask: (body: unknown) => Promise<{ status: number; body: unknown }>,
  options: () => FakeBatchOptions
): FakeBatches {
  const batches: (FakeBatch & { looked: number; ready: string })[] = [];
  const files = new Map<string, string>();
  let answered = 0;
  const keep = (text: string): string | null => {
    if (text === '') return null;
    const id = `file-${randomUUID()}`;
    files.set(id, text);
    return id;
  };
  const shown = ({ looked: _, ready: __, ...batch }: (typeof batches)[number]) => ({
    object: 'batch',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    created_at: 1_700_000_000,
    ...batch
  });
  const error = (status: number, message: string) => ({
    status,
    body: { error: { message, type: 'fake_error', param: null, code: 'fake' } }
  });

  async function create(given: { input_file_id: string; metadata?: Record<string, string> }) {
    const input = files.get(given.input_file_id);
    if (input === undefined) return error(400, 'There is no such file.');
    const { expireAfter = Infinity, losesLine, invalid } = options();
    const batch = {
      id: `batch_${randomUUID()}`,
      status: 'in_progress',
      metadata: given.metadata ?? {},
      input_file_id: given.input_file_id,
      output_file_id: null as string | null,
      error_file_id: null as string | null,
      errors: null as unknown,
      requests: 0,
      looked: 0,
      ready: 'completed'
    };
    if (invalid !== undefined) {
      batch.status = batch.ready = 'failed';
      batch.errors = { object: 'list', data: [{ code: 'invalid', message: invalid }] };
      batches.unshift(batch);
      return { status: 200, body: shown(batch) };
    }
    const lines = input
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
    batch.requests = lines.length;
    const good: string[] = [];
    const bad: string[] = [];
    for (const [place, line] of lines.entries()) {
      if (place === losesLine) continue;
      if (place >= expireAfter) {
        batch.ready = 'expired';
        const expired = { code: 'batch_expired', message: 'This request could not be executed in time.' };
        bad.push(
          JSON.stringify({ id: `r${place}`, custom_id: line.custom_id, response: null, error: expired })
        );
        continue;
      }
      const { status, body } = await ask(line.body);
      if (status === 200) answered++;
      (status === 200 ? good : bad).push(
        JSON.stringify({
          id: `r${place}`,
          custom_id: line.custom_id,
          response: { status_code: status, request_id: `q${place}`, body },
          error: null
        })
      );
    }
    // An endpoint promises no order.
    batch.output_file_id = keep(good.reverse().join('\n'));
    batch.error_file_id = keep(bad.join('\n'));
    batches.unshift(batch);
    return { status: 200, body: shown(batch) };
  }

  return {
    batches,
    files,
    answered: () => answered,
    async handle({ method, path, body, contentType }) {
      if (options().absent) return null;
      if (method === 'POST' && path === '/v1/files') {
        const form = await new Response(new Uint8Array(body), {
          headers: { 'content-type': contentType }
        }).formData();
        const file = form.get('file');
        if (!(file instanceof Blob)) return error(400, 'no file');
        const id = keep(await file.text()) ?? 'file-empty';
        return {
          status: 200,
          body: { id, object: 'file', purpose: 'batch', bytes: file.size, filename: 'x' }
        };
      }
      const content = /^\/v1\/files\/([^/]+)\/content$/.exec(path)?.[1];
      if (content !== undefined) {
        const text = files.get(content);
        return text === undefined ? error(404, 'no such file') : { status: 200, body: text };
      }
      if (path === '/v1/batches') {
        if (method === 'POST') return create(JSON.parse(body.toString('utf8')) as { input_file_id: string });
        return { status: 200, body: { object: 'list', data: batches.map(shown), has_more: false } };
      }
      const [, id, verb] = /^\/v1\/batches\/([^/]+)(?:\/(cancel))?$/.exec(path) ?? [];
      if (id === undefined) return null;
      const batch = batches.find((one) => one.id === id);
      if (!batch) return error(404, 'no such batch');
      if (verb === 'cancel') batch.status = batch.ready = 'cancelled';
      else if (batch.looked++ >= (options().looks ?? 0)) batch.status = batch.ready;
      return { status: 200, body: shown(batch) };
    }
  };
}
