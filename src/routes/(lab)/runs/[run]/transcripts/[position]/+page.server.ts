import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import { showTranscripts } from '#lib/server/services/run/show-transcripts.ts';
import type { PageServerLoad } from './$types';

/** Addresses count from 1, as people do. */
export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const found = await orNotFound(() => findRun(lab, params.run));
  const position = /^\d{1,9}$/.test(params.position) ? Number(params.position) - 1 : -1;
  const { rows } = await showTranscripts(lab, found, { outcome: null, position }, 0, 1);
  const transcript = rows[0];
  if (!transcript) error(404, `Presentation ${params.position} of this run has no answer (yet).`);
  return { transcript };
};
