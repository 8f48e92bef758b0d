import { randomUUID } from 'node:crypto';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { building } from '$app/environment';
import { app, appOrNull, setApp } from '#lib/server/http/app.ts';
import { isOpenPath, requirePage, SIGN_IN_COOKIE } from '#lib/server/http/guards.ts';
import { LANGUAGE_TAGS, wordsIn } from '#lib/domain/words/language.ts';
import { ratersLanguage } from '#lib/server/http/language.ts';
import { announce } from '#lib/server/http/announce.ts';
import { openLab } from '#lib/server/lab.ts';

export const init: ServerInit = async () => {
  if (building) return;
  const lab = await openLab();
  setApp(lab);
  process.once('limen:listening' as never, (address: string) => {
    announce(lab, address).catch((error: unknown) => lab.log.error({ err: error }, 'announcing'));
  });
  // The HTTP shell (src/server.ts) emits this once requests have ended.
  process.on('sveltekit:shutdown', () => {
    void lab.close().finally(() => process.emit('limen:closed' as never));
  });
};

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.requestId = randomUUID();
  event.locals.researcher = null;
  const { pathname } = event.url;
  event.locals.language = pathname.startsWith('/r/') ? ratersLanguage(event) : 'en';
  const token = event.cookies.get(SIGN_IN_COOKIE);
  if (token !== undefined && !/^\/(r|_app|api)\//.test(pathname)) {
    const researcher = await app().auth.whoHolds(token);
    if (researcher) {
      event.locals.researcher = { id: String(researcher.id), name: researcher.name, email: researcher.email };
    }
  }
  if (!isOpenPath(pathname) && event.locals.researcher === null) {
    if (event.request.method === 'GET' && !event.isDataRequest && !pathname.startsWith('/api/')) {
      requirePage(event.locals, event.url);
    }
    return Response.json({ error: 'unauthorised', reason: 'Sign in to do this.' }, { status: 401 });
  }
  const response = await resolve(event, {
    // Read here and not before: a page's load may know what the study wants.
    transformPageChunk: ({ html }) =>
      html
        .replace('%lang%', LANGUAGE_TAGS[event.locals.language])
        .replace('%dir%', wordsIn[event.locals.language].dir)
  });
  response.headers.set('X-Content-Type-Options', 'nosniff');
  // Not `no-referrer`: under it browsers send `Origin: null` with a plain form, which is then refused as foreign.
  response.headers.set('Referrer-Policy', 'same-origin');
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  response.headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
  // What a signed-in page shows is nobody else's to keep.
  if (!response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'private, no-store');
  return response;
};

export const handleError: HandleServerError = ({ error, event, status, message }) => {
  if (status < 500) return { message };
  const errorId = event.locals.requestId ?? randomUUID();
  appOrNull()?.log.error({ err: error, errorId, path: event.url.pathname }, 'unexpected');
  return { message: 'Something unexpected went wrong here.', errorId };
};
