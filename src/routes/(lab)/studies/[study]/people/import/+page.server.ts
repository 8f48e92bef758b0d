import { redirect } from '@sveltejs/kit';
import { studyPath } from '#lib/components/study/study-path.ts';
import * as studies from '#lib/server/db/studies.ts';
import * as votes from '#lib/server/db/votes.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { receiveVotes } from '#lib/server/http/receive-votes.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { forgetFigures } from '#lib/server/services/people/watch-people.ts';
import { importVotes } from '#lib/server/services/votes/import-votes.ts';
import { COLUMNS_OF, previewVotes } from '#lib/server/services/votes/preview-votes.ts';
import { takeVotesOut } from '#lib/server/services/votes/remove-votes.ts';
import { readVoteForm } from '#lib/server/services/votes/read-vote-form.ts';
import { forgetVotes, keptVotes } from '#lib/server/services/votes/uploaded-votes.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, depends }) => {
  depends('limen:votes');
  const lab = app();
  const study = await studyAt(params.study);
  const imports = await votes.ofStudy(lab.db, study.id);
  const id = url.searchParams.get('file');
  const form = readVoteForm(url.searchParams);
  const looked =
    id === null
      ? null
      : await orNotFound(async () => {
          const file = await keptVotes(lab, id);
          return { id, label: file.label, ...(await previewVotes(lab, study, file, form.reading)) };
        });
  const stored = imports.find((one) => String(one.id) === url.searchParams.get('stored')) ?? null;
  return {
    imports,
    stored: stored === null ? null : { ...stored, again: url.searchParams.has('again') },
    looked,
    form,
    columns: COLUMNS_OF[study.design.protocol],
    scale: study.design.scale,
    allowTies: study.design.allowTies
  };
};

export const actions: Actions = {
  bring: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    const kept = await orFail(() => receiveVotes(app(), request));
    if ('status' in kept) return kept;
    redirect(303, studyPath(studies.addressOf(study), `/people/import?file=${kept.file}`));
  },

  store: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const lab = app();
    const study = await studyAt(params.study);
    const form = await request.formData();
    const id = String(form.get('file') ?? '');
    const done = await orFail(async () => {
      const { kind, reading } = readVoteForm(form);
      const file = await keptVotes(lab, id);
      const { columns } = await previewVotes(lab, study, file, reading);
      const report = await importVotes(lab, file, {
        ...reading,
        columns,
        kind,
        study: `${study.name}@${study.version}`
      });
      await forgetVotes(lab, id);
      forgetFigures(lab);
      return { report };
    });
    if ('status' in done) return done;
    const { report } = done;
    const said = `stored=${report.import}${report.alreadyThere ? '&again' : ''}`;
    redirect(303, studyPath(studies.addressOf(study), `/people/import?${said}`));
  },

  out: async ({ params, locals, request }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    const id = Number((await request.formData()).get('import'));
    return orFail(async () => {
      const out = await takeVotesOut(app(), study, id);
      forgetFigures(app());
      return { out };
    });
  }
};
