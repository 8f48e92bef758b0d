import { error } from '@sveltejs/kit';
import * as sittings from '#lib/server/db/sittings.ts';
import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { replaySitting } from '#lib/server/services/people/replay-sitting.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const study = await studyAt(params.study);
  const id = Number(params.sitting) || 0;
  const sitting = await sittings.one(lab.db, study.id, id);
  if (!sitting) error(404, `This study has no sitting ${params.sitting}.`);
  const wanted = Math.trunc(Number(url.searchParams.get('trial')) || 1) - 1;
  const { tally: _, ...seen } = sitting;
  return { sitting: seen, design: study.design, replay: await replaySitting(lab, study, id, wanted) };
};
