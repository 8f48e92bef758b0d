import * as probes from '#lib/server/db/probes.ts';
import { app } from '#lib/server/http/app.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ probes: await probes.list(app().db) });
