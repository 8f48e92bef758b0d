import { app } from '#lib/server/http/app.ts';
import { readJson } from '#lib/server/http/body.ts';
import { refusal } from '#lib/server/http/errors.ts';
import { readLocalAccess, sameToken } from '#lib/server/http/local-access.ts';
import { runShellCommand } from '#lib/server/services/shell/run-shell-command.ts';
import type { RequestHandler } from './$types';

/**
 * The shell's commands, when a server holds the embedded data directory. The token lies in that directory, readable by
 * its owner alone: whoever has it could open the directory itself.
 */
export const POST: RequestHandler = async ({ request, params }) => {
  const lab = app();
  const access = readLocalAccess(lab.config.dataDir);
  const given = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  if (access === null || !sameToken(given, access.token))
    return refusal('unauthorised', 'The token is another.');
  const body = await readJson(request, 1_000_000);
  if (!body.ok) return refusal(body.code, body.reason);
  const encoder = new TextEncoder();
  // One JSON document a line: progress while it works, the result or the reason last.
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const line = (value: unknown) => {
        try {
          controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
        } catch {
          // The shell went away; the work goes on.
        }
      };
      line(await runShellCommand(lab, params.command, body.value, (progress) => line({ progress })));
      try {
        controller.close();
      } catch {
        // As above.
      }
    }
  });
  return new Response(stream, { headers: { 'Content-Type': 'application/x-ndjson' } });
};
