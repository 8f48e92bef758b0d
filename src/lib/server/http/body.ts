/** A JSON body of at most so many bytes. What is longer is not read to its end. */
export async function readJson(
  request: Request,
  maxBytes: number
): Promise<{ ok: true; value: unknown } | { ok: false; code: 'too-large' | 'bad-request'; reason: string }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > maxBytes)
        return { ok: false, code: 'too-large', reason: `at most ${maxBytes} bytes are taken` };
      chunks.push(chunk);
    }
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { ok: false, code: 'bad-request', reason: 'the body is not JSON' };
  }
}
