import type { Cookies } from '@sveltejs/kit';

/** `system` follows the browser's own preference. */
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const COOKIE = 'limen_theme';

export function readTheme(cookies: Cookies): Theme {
  const value = cookies.get(COOKIE);
  return THEMES.find((theme) => theme === value) ?? 'system';
}

export function keepTheme(cookies: Cookies, theme: Theme, secure: boolean): void {
  cookies.set(COOKIE, theme, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: 365 * 86_400 });
}
