import OpenAI, { APIError, toFile } from 'openai';
import type { Batch } from 'openai/resources/batches';
import type { Batched, BatchLine, BatchProvider, RemoteBatch } from './batch-provider.ts';
import { fromAnswer, toBody, toFailure } from './openai.ts';

const TIMEOUT_MS = 10 * 60_000;
/** Pages of a hundred that are looked through for a batch whose id is not known. */
const MOST_PAGES = 20;
const ENDED = ['failed', 'completed', 'expired', 'cancelled'];

/** OpenAI's Batch API: a JSONL file of chat completions, taken within a day. */
export function openAiBatches(options: { baseUrl: string; apiKey: string | null }): BatchProvider {
  const client = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey ?? 'none',
    maxRetries: 0,
    timeout: TIMEOUT_MS,
    organization: null,
    project: null
  });
  const attempt = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<Batched<T>> => {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      return {
        ok: false,
        failure: toFailure(error, { timeoutMs: TIMEOUT_MS, signal }, options.apiKey)
      };
    }
  };
  return {
    line: (customId, request) =>
      JSON.stringify({
        custom_id: customId,
        method: 'POST',
        url: '/v1/chat/completions',
        body: toBody(request)
      }),
    upload: (name, lines, signal) =>
      attempt(signal, async () => {
        const pieces = lines.map((line) => `${line}\n`);
        const file = await toFile(new Blob(pieces), name, { type: 'application/jsonl' });
        return (await client.files.create({ file, purpose: 'batch' }, { signal })).id;
      }),
    create: (fileId, token, signal) =>
      attempt(signal, async () =>
        fromBatch(
          await client.batches.create(
            {
              input_file_id: fileId,
              endpoint: '/v1/chat/completions',
              completion_window: '24h',
              metadata: { limen: token }
            },
            { signal }
          )
        )
      ),
    find: (token, signal) =>
      attempt(signal, async () => {
        let page = await client.batches.list({ limit: 100 }, { signal });
        for (let n = 0; n < MOST_PAGES; n++) {
          const found = page.data.find(({ metadata }) => metadata?.['limen'] === token);
          if (found) return fromBatch(found);
          if (!page.hasNextPage()) break;
          page = await page.getNextPage();
        }
        return null;
      }),
    look: (id, signal) =>
      attempt(signal, async () => fromBatch(await client.batches.retrieve(id, { signal }))),
    cancel: (id, signal) =>
      attempt(signal, async () => fromBatch(await client.batches.cancel(id, { signal }))),
    read: (fileId, signal) =>
      attempt(signal, async () => {
        const text = await (await client.files.content(fileId, { signal })).text();
        return text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .flatMap((line) => fromLine(line, options.apiKey));
      })
  };
}

function fromBatch(batch: Batch): RemoteBatch {
  const reasons = (batch.errors?.data ?? []).flatMap(({ message }) => message ?? []);
  return {
    id: batch.id,
    status: batch.status,
    ended: ENDED.includes(batch.status),
    outputFileId: batch.output_file_id ?? null,
    errorFileId: batch.error_file_id ?? null,
    problem: batch.status === 'failed' ? reasons.join('; ').slice(0, 300) || 'no reason is given' : null
  };
}

/** A line that is no line is left out: its presentation counts as not answered. */
function fromLine(text: string, apiKey: string | null): BatchLine[] {
  let line: {
    custom_id?: unknown;
    response?: { status_code?: unknown; body?: unknown } | null;
    error?: { code?: unknown; message?: unknown } | null;
  };
  try {
    line = JSON.parse(text) as typeof line;
  } catch {
    return [];
  }
  if (typeof line?.custom_id !== 'string') return [];
  const customId = line.custom_id;
  const code = String(line.error?.code ?? '');
  if (code === 'batch_expired' || code === 'batch_cancelled') return [{ customId, result: null }];
  const status = Number(line.response?.status_code ?? 0);
  // A batch tells no request's own time.
  if (status === 200) return [{ customId, result: fromAnswer(line.response?.body, 0) }];
  const body = line.response?.body as { error?: { message?: unknown } } | undefined;
  const message = String(body?.error?.message ?? line.error?.message ?? (code || 'no reason is given'));
  const error = APIError.generate(status || undefined, { message }, message, new Headers());
  const failure = toFailure(error, { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal }, apiKey);
  return [{ customId, result: { ok: false, failure } }];
}
