import { renderMarkdown } from '#lib/server/documents/render-markdown.ts';
import { methodsText } from '#lib/server/services/show-methods.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ document: renderMarkdown(await methodsText()) });
