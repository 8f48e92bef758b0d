import { app } from '#lib/server/http/app.ts';
import { refusal } from '#lib/server/http/errors.ts';
import { sittingOf } from '#lib/server/http/sitting.ts';
import { showStimulus } from '#lib/server/services/sitting/show-stimulus.ts';
import type { RequestHandler } from './$types';

/** The stimulus's bytes as they are shown. The headers say what a picture needs and nothing else. */
export const GET: RequestHandler = async (event) => {
  const found = await sittingOf(event);
  const shown =
    found.state === 'sitting'
      ? await showStimulus(app(), found.session.id, found.study.design.maxSidePx, event.params.address)
      : null;
  if (shown === null) return refusal('unknown', 'There is no such picture in this sitting.');
  return new Response(shown.bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'Content-Type': shown.mediaType,
      'Content-Length': String(shown.bytes.byteLength),
      'Cache-Control': 'private, max-age=31536000, immutable'
    }
  });
};
