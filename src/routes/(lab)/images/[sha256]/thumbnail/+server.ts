import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { showThumbnail } from '#lib/server/services/show-image.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
  requireResearcher(locals);
  const image = await showThumbnail(app(), params.sha256);
  if (image === null) error(404, 'There is no such picture.');
  return new Response(image.bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'Content-Type': image.mediaType, 'Cache-Control': 'private, max-age=31536000, immutable' }
  });
};
