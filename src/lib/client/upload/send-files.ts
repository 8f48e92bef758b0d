import { batches } from './batches.ts';

export interface FileToSend {
  /** `archive`, or `file` under its name. */
  field: 'archive' | 'file';
  name: string;
  file: File;
  size: number;
}

export interface Sent {
  files: number;
  bytes: number;
}

const MAX_FILES = 64;
const MAX_BYTES = 32 * 2 ** 20;
const AT_ONCE = 2;
const TRIES = 4;

/**
 * Sends files to an upload in batches, a few at the same time. A batch that the network lost is sent again; the server
 * takes what it has already as it is.
 *
 * @returns what was refused, one line each. @throws Error with what the server said, or AbortError.
 */
export async function sendFiles(
  address: string,
  files: readonly FileToSend[],
  onSent: (sent: Sent) => void,
  signal: AbortSignal
): Promise<string[]> {
  const waiting = batches(files, MAX_FILES, MAX_BYTES);
  const refused: string[] = [];
  const done: Sent = { files: 0, bytes: 0 };
  const out = new Map<number, number>();
  const tell = () => {
    let bytes = done.bytes;
    for (const part of out.values()) bytes += part;
    onSent({ files: done.files, bytes });
  };
  async function work(worker: number): Promise<void> {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const size = batch.reduce((sum, { size }) => sum + size, 0);
      const lines = await sendBatch(address, batch, signal, (bytes) => {
        out.set(worker, Math.min(bytes, size));
        tell();
      });
      out.delete(worker);
      refused.push(...lines);
      done.files += batch.length;
      done.bytes += size;
      tell();
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
  return refused;
}

async function sendBatch(
  address: string,
  batch: readonly FileToSend[],
  signal: AbortSignal,
  onBytes: (bytes: number) => void
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const form = new FormData();
    for (const { field, name, file } of batch) form.append(field, file, name);
    const answer = await post(address, form, signal, onBytes);
    if (answer.status === 200) return (JSON.parse(answer.text) as { refused: string[] }).refused;
    if (answer.status !== 0 && answer.status < 500) throw new Error(reasonIn(answer.text));
    if (attempt >= TRIES) {
      throw new Error(answer.status === 0 ? 'The server cannot be reached.' : reasonIn(answer.text));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
  }
}

/** XMLHttpRequest, because fetch does not say how much has been sent. Status 0: the network lost it. */
function post(
  address: string,
  form: FormData,
  signal: AbortSignal,
  onBytes: (bytes: number) => void
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener('abort', stop, { once: true });
    const end = () => signal.removeEventListener('abort', stop);
    request.open('POST', address);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = (event) => onBytes(event.loaded);
    request.onload = () => {
      end();
      resolve({ status: request.status, text: request.responseText });
    };
    request.onerror = () => {
      end();
      resolve({ status: 0, text: '' });
    };
    request.onabort = () => {
      end();
      reject(signal.reason ?? new DOMException('stopped', 'AbortError'));
    };
    request.send(form);
  });
}

function reasonIn(text: string): string {
  try {
    const body = JSON.parse(text) as { reason?: string; message?: string };
    return body.reason ?? body.message ?? 'The server refused the files.';
  } catch {
    return 'The server refused the files.';
  }
}
