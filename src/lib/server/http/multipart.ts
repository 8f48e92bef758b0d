import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import busboy from 'busboy';
import { BadInput } from '../tables/bad-input.ts';

export interface Part {
  field: string;
  filename: string;
  bytes: Readable;
}

/**
 * The files of a multipart form as they arrive, one after another; nothing is kept in memory. Fields without a file are
 * collected.
 *
 * @param onPart must read `bytes` to its end before it returns.
 * @throws BadInput when the body is no multipart form or ends early; whatever onPart throws.
 */
export async function readMultipart(
  request: Request,
  onPart: (part: Part) => Promise<void>
): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  if (request.body === null) throw new BadInput('nothing was sent');
  let parser: ReturnType<typeof busboy>;
  try {
    parser = busboy({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      // Names are paths here; services check where they lead.
      preservePath: true,
      defParamCharset: 'utf8',
      limits: { files: 20_000, fields: 100, fieldSize: 100_000, parts: 20_100, headerPairs: 20 }
    });
  } catch {
    throw new BadInput('a multipart form is needed');
  }
  const body = Readable.fromWeb(request.body as unknown as ReadableStream);
  let failure: unknown = null;
  let line: Promise<void> = Promise.resolve();
  const fail = (error: unknown) => {
    failure ??= error;
    body.unpipe(parser);
    body.resume();
    parser.destroy();
  };
  await new Promise<void>((resolve) => {
    parser.on('field', (name, value) => fields.set(name, value));
    parser.on('file', (field, bytes, { filename }) => {
      // A part that is cut off in the middle ends with an error of its own, which the line below sees.
      bytes.on('error', () => {});
      line = line
        .then(() =>
          failure === null ? onPart({ field, filename: filename ?? '', bytes }) : void bytes.resume()
        )
        .catch((error: unknown) => {
          bytes.resume();
          fail(error);
        });
    });
    parser.on('close', resolve);
    parser.on('error', (error) =>
      fail(error instanceof BadInput ? error : new BadInput('the upload ended early'))
    );
    body.on('error', (error) => fail(tooLarge(error) ?? new BadInput('the upload was cut off')));
    body.pipe(parser);
  });
  await line;
  if (failure !== null) throw failure;
  return fields;
}

/** The server's own limit on bodies shows as an error of the stream. */
function tooLarge(error: unknown): BadInput | null {
  return (error as { status?: number } | null)?.status === 413
    ? new BadInput('the upload is larger than this lab takes (MAX_UPLOAD_BYTES)')
    : null;
}
