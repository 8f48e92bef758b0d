import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import { watchRun } from '#lib/server/services/run/watch-run.ts';
import type { RequestHandler } from './$types';

/** Proxies close what is silent for a minute. */
const SIGN_OF_LIFE_MS = 20_000;

/** How a run stands, as server-sent events: now, and whenever it changes. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const lab = app();
  const { run } = await orNotFound(() => findRun(lab, params.run));
  const encoder = new TextEncoder();
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      send('retry: 2000\n\n');
      const stop = watchRun(lab, run.sessionId, (summary) => send(`data: ${JSON.stringify(summary)}\n\n`));
      const life = setInterval(() => send(':\n\n'), SIGN_OF_LIFE_MS);
      const close = () => {
        end();
        controller.close();
      };
      // A stream never ends by itself: at shutdown it is told, and the page comes back by itself.
      process.once('limen:stopping' as never, close);
      end = () => {
        stop();
        clearInterval(life);
        process.off('limen:stopping' as never, close);
      };
    },
    cancel() {
      end();
    }
  });
  return new Response(body, {
    headers: {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no'
    }
  });
};
