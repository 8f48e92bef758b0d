import { error, redirect } from '@sveltejs/kit';

type Locals = { researcher: { id: string; name: string; email: string } | null };

export const SIGN_IN_COOKIE = 'limen_researcher';

/** Paths that need no sign-in: the rating room has its own key, and these pages are how one signs in. */
export function isOpenPath(pathname: string): boolean {
  return (
    pathname === '/healthz' ||
    pathname === '/sign-in' ||
    pathname === '/set-up' ||
    pathname === '/enter' ||
    pathname.startsWith('/r/') ||
    pathname.startsWith('/api/local/') ||
    // Both have tokens of their own, and take no cookie.
    pathname.startsWith('/api/v1/') ||
    pathname.startsWith('/_app/') ||
    pathname === '/favicon.svg' ||
    pathname === '/robots.txt'
  );
}

/** Called by every action and endpoint of the lab, though hooks have looked already: a guard in one place is none. */
export function requireResearcher(locals: Locals): { id: string; name: string; email: string } {
  if (!locals.researcher) error(401, 'Sign in to do this.');
  return locals.researcher;
}

/** For pages: to the sign-in, and back afterwards. */
export function requirePage(locals: Locals, url: URL): void {
  if (!locals.researcher) redirect(303, `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`);
}

/** Only a path of this lab is a place to go back to. */
export function safeReturn(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/';
}
