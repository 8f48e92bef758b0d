import * as datasets from '#lib/server/db/datasets.ts';
import { app } from '#lib/server/http/app.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ datasets: await datasets.list(app().db) });
