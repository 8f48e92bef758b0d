import type { LayoutServerLoad } from './$types';

/** The browser's language; a page whose study has another one says so itself. */
export const load: LayoutServerLoad = ({ locals }) => ({ language: locals.language });
