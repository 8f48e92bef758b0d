// The HTTP shell around the built app: listens, says where, and ends cleanly.
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeLocalAccess, writeLocalAccess } from '#lib/server/http/local-access.ts';
import type { Config } from '#lib/server/config.ts';

export interface RunningServer {
  address: string;
  close(): Promise<void>;
}

/** Requests that are out get this long when the process is told to stop; then their connections are cut. */
const GRACE_MS = 3000;

/** Set by this shell on every request that no proxy has marked: plain http unless ORIGIN says otherwise. */
const PROTOCOL_HEADER = 'x-limen-protocol';

/**
 * @throws Error when there is no build, the port is taken, or the data directory is another process's.
 */
export async function serve(config: Config): Promise<RunningServer> {
  const build = path.resolve(import.meta.dirname, '..', 'build');
  if (!existsSync(path.join(build, 'handler.js'))) {
    throw new Error('there is no build yet: run npm run build');
  }
  // adapter-node reads these when it loads. Without ORIGIN each request says by its Host where it went, so that the lab
  // works under every name that leads to it.
  if (config.origin === null) {
    // Empty means not set here; adapter-node takes it for an address.
    delete process.env['ORIGIN'];
    process.env['PROTOCOL_HEADER'] = PROTOCOL_HEADER;
  } else process.env['ORIGIN'] = config.origin;
  if (config.trustProxy) process.env['ADDRESS_HEADER'] = 'x-forwarded-for';
  process.env['BODY_SIZE_LIMIT'] = String(config.maxUploadBytes);

  // Importing the handler opens the lab (hooks.server.ts, init): database, migrations, queue.
  const { handler } = (await import(pathToFileURL(path.join(build, 'handler.js')).href)) as {
    handler: (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
  };
  const server = createServer((request, response) => {
    request.headers[PROTOCOL_HEADER] = 'http';
    handler(request, response, () => {
      response.statusCode = 404;
      response.end();
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new Error(`port ${config.port} is taken: set PORT to another`) : error
      );
    });
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const local = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  writeLocalAccess(config.dataDir, `http://${local.includes(':') ? `[${local}]` : local}:${port}`);

  const address = config.origin ?? `http://localhost:${port}`;
  process.emit('limen:listening' as never, address as never);

  let closing: Promise<void> | null = null;
  return {
    address,
    close() {
      closing ??= (async () => {
        removeLocalAccess(config.dataDir);
        const ended = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        // Event streams never end by themselves: they are told.
        process.emit('limen:stopping' as never);
        await ended;
        clearTimeout(cut);
        const closed = new Promise<void>((resolve) => process.once('limen:closed' as never, () => resolve()));
        process.emit('sveltekit:shutdown' as never);
        await Promise.race([closed, new Promise<void>((resolve) => setTimeout(resolve, 6000).unref())]);
      })();
      return closing;
    }
  };
}

/** Serves until SIGTERM or SIGINT. */
export async function serveUntilTold(
  config: Config,
  onListening: (address: string) => void | Promise<void>
): Promise<void> {
  const server = await serve(config);
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await onListening(server.address);
  await told;
  await server.close();
}
