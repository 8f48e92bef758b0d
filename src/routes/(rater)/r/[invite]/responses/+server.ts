import { app } from '#lib/server/http/app.ts';
import { readJson } from '#lib/server/http/body.ts';
import { refusal } from '#lib/server/http/errors.ts';
import { sittingOf } from '#lib/server/http/sitting.ts';
import { sittingName } from '#lib/server/services/sitting/find-sitting.ts';
import { recordResponse } from '#lib/server/services/sitting/record-response.ts';
import type { RequestHandler } from './$types';

/** Takes one answer. 200 means that it is stored, now or before; anything else, that it is not. */
export const POST: RequestHandler = async (event) => {
  // A form on another site can post text, not JSON: this header needs the browser's permission to cross over.
  if (!event.request.headers.get('content-type')?.startsWith('application/json')) {
    return refusal('bad-request', 'An answer is sent as JSON.');
  }
  const found = await sittingOf(event);
  if (found.state === 'unknown') return refusal('unknown', 'This link is not valid, or no longer.');
  if (found.state !== 'sitting') return refusal('no-sitting', 'Nobody sits here; open the link again.');
  const body = await readJson(event.request, 20_000);
  if (!body.ok) return refusal(body.code, body.reason);
  const sitting = (body.value as { sitting?: unknown } | null)?.sitting;
  if (sitting !== sittingName(app(), found.session.id)) {
    return refusal('other-sitting', 'This answer belongs to another sitting; reload the page.');
  }
  const recorded = await recordResponse(app(), found.session, found.study, body.value);
  if (!recorded.ok) return refusal(recorded.code, recorded.reason);
  return Response.json({
    recorded: true,
    repeated: recorded.repeated,
    ...(recorded.superseded ? { superseded: true } : {}),
    answered: recorded.answered,
    total: recorded.total,
    done: recorded.done
  });
};
