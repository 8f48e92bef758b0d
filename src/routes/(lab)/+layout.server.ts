import { requirePage } from '#lib/server/http/guards.ts';
import { readTheme } from '#lib/server/http/theme.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, url, cookies }) => {
  requirePage(locals, url);
  return { researcher: { name: locals.researcher?.name ?? '' }, theme: readTheme(cookies) };
};
