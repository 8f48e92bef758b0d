import { redirect } from '@sveltejs/kit';
import { AUTHORS_SETTINGS } from '#lib/domain/selection/difficult-subset.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { createSubset } from '#lib/server/services/create-subset.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { previewDifficult } from '#lib/server/services/selection/preview-difficult.ts';
import { readNameList } from '#lib/server/services/selection/read-name-list.ts';
import { readSelectQuery, selectParameters } from './select-query.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, parent, url }) => {
  const lab = app();
  const { metrics, featureSets, withSigma } = await parent();
  // A first visit begins with something to look at: the metric that says most, with features where there are any.
  const best = metrics.reduce<(typeof metrics)[number] | null>(
    (most, metric) => (most === null || metric.values > most.values ? metric : most),
    null
  );
  const query = readSelectQuery(url.searchParams, {
    settings: { ...AUTHORS_SETTINGS, sigmaNormalised: withSigma > 0 },
    proxies: best === null ? [] : [best.name],
    features: featureSets[0]?.name ?? null
  });
  if (metrics.length === 0) return { query, preview: null };
  const dataset = await datasetNamed(lab.db, params.dataset);
  const { settings, proxies, features, differenceAsQuality, base, exclude, without, overlap } = query;
  const preview = await previewDifficult(
    lab,
    dataset,
    { proxies, features, exclude, without, differenceAsQuality },
    settings,
    { base, subset: overlap }
  );
  return { query, preview };
};

export const actions: Actions = {
  save: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const lab = app();
    const form = await request.formData();
    const { settings, proxies, features, differenceAsQuality, exclude, without } = readSelectQuery(form);
    const { n, referenceCount, perReference, ...how } = settings;
    const made = await orFail(async () => {
      const dataset = await datasetNamed(lab.db, params.dataset);
      return createSubset(lab, {
        dataset: dataset.name,
        name: String(form.get('name') ?? '').trim(),
        method: 'difficult',
        proxies,
        features,
        exclude,
        without,
        differenceAsQuality,
        counts: dataset.scenario === 'full-reference' ? { references: referenceCount, perReference } : { n },
        settings: how
      });
    });
    if ('subset' in made) {
      redirect(
        303,
        `/datasets/${encodeURIComponent(made.dataset)}?subset=${encodeURIComponent(made.subset)}#subset`
      );
    }
    return made;
  },

  /** A list of names, such as somebody's published picks, becomes a subset by hand, and the picks are held against it. */
  list: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const lab = app();
    const form = await request.formData();
    const made = await orFail(async () => {
      const dataset = await datasetNamed(lab.db, params.dataset);
      const file = form.get('list');
      const named = file instanceof File && file.size > 0;
      const stimuli = await readNameList(
        lab,
        dataset,
        named ? await file.text() : '',
        named ? file.name : 'the list'
      );
      return createSubset(lab, {
        dataset: dataset.name,
        name: String(form.get('list-name') ?? '').trim(),
        method: 'by-hand',
        stimuli
      });
    });
    if (!('subset' in made)) return made;
    redirect(303, `?${selectParameters({ ...readSelectQuery(form), overlap: made.subset })}`);
  }
};
