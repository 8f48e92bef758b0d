import * as v from 'valibot';
import * as datasets from '#lib/server/db/datasets.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import { datasetOf } from '../found.ts';
import { operation } from '../operation.ts';
import { pageById, pageOf, PAGING, readCursor, writeCursor } from '../paging.ts';
import { instant, iso, number, oneOf, orNull, text, truth, whole } from '../schemas.ts';

const Dataset = v.strictObject({
  name: text('Names it in every address'),
  scenario: oneOf(['full-reference', 'no-reference'], 'Whether distorted stimuli have their references'),
  layout: text('The layout it was imported from'),
  attribute: orNull(text('The visual attribute that its people judged')),
  licence: orNull(text('As its authors say it')),
  source: orNull(text('Where it comes from')),
  mosRange: orNull(v.strictObject({ low: number('Its lower end'), high: number('Its upper end') })),
  higherIsBetter: truth('False where scores are differences'),
  simulated: truth('Whether its human values are a simulation'),
  state: oneOf(['importing', 'ready'], 'Whether all of it is there'),
  references: whole('Reference stimuli'),
  distorted: whole('Stimuli to be judged'),
  withMos: whole('Stimuli with a MOS'),
  studies: whole('Studies planned on it'),
  createdAt: instant('When it was imported')
});

function show(one: datasets.DatasetSummary): v.InferOutput<typeof Dataset> {
  const range = one.mosLow === null || one.mosHigh === null ? null : { low: one.mosLow, high: one.mosHigh };
  return {
    name: one.name,
    scenario: one.scenario as 'no-reference',
    layout: one.layout,
    attribute: one.attribute,
    licence: one.licence,
    source: one.source,
    mosRange: range,
    higherIsBetter: one.mosDirection === 1,
    simulated: one.simulated,
    state: one.state as 'ready',
    references: one.references,
    distorted: one.distorted,
    withMos: one.withMos,
    studies: one.studies,
    createdAt: iso(one.createdAt)
  };
}

const Stimulus = v.strictObject({
  name: text('Its name in the dataset'),
  kind: oneOf(['reference', 'distorted'], 'What it is'),
  reference: orNull(text('The name of its reference')),
  sha256: text('Of the stored bytes'),
  mos: orNull(number('On the dataset’s own scale')),
  sigma: orNull(number('Standard deviation of the opinion scores (n − 1)')),
  ratings: orNull(whole('How many opinion scores')),
  distortion: orNull(text('As the dataset names it')),
  level: orNull(number('Of the distortion')),
  content: orNull(text('The scene that it shows')),
  widthPx: whole('Width in pixels', 1),
  heightPx: whole('Height in pixels', 1),
  byteLength: whole('Of the file', 1),
  mediaType: text('Of the file')
});

export const datasetOperations = [
  operation({
    id: 'listDatasets',
    method: 'GET',
    path: '/datasets',
    tag: 'Datasets',
    summary: 'Every dataset, in the order that they came in',
    scope: 'read',
    query: v.strictObject(PAGING),
    answer: pageOf(Dataset),
    run: async ({ lab, query }) => pageById(await datasets.list(lab.db), query, show)
  }),
  operation({
    id: 'getDataset',
    method: 'GET',
    path: '/datasets/{dataset}',
    tag: 'Datasets',
    summary: 'One dataset',
    scope: 'read',
    params: { dataset: 'Its name' },
    answer: Dataset,
    problems: ['unknown'],
    async run(call) {
      const { id } = await datasetOf(call);
      return show((await datasets.list(call.lab.db)).find((one) => one.id === id) as datasets.DatasetSummary);
    }
  }),
  operation({
    id: 'listStimuli',
    method: 'GET',
    path: '/datasets/{dataset}/stimuli',
    tag: 'Datasets',
    summary: 'The stimuli of a dataset with their human values',
    scope: 'read',
    params: { dataset: 'Its name' },
    query: v.strictObject(PAGING),
    answer: pageOf(Stimulus),
    problems: ['unknown'],
    async run(call) {
      const { id } = await datasetOf(call);
      const { limit, cursor } = call.query;
      const rows = await stimuli.after(call.lab.db, id, readCursor(cursor) ?? 0, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map((row): v.InferOutput<typeof Stimulus> => ({
          name: row.name,
          kind: row.kind as 'distorted',
          reference: row.referenceName,
          sha256: row.sha256,
          mos: row.mos,
          sigma: row.sigma,
          ratings: row.nRatings,
          distortion: row.distortion,
          level: row.level,
          content: row.content,
          widthPx: row.widthPx,
          heightPx: row.heightPx,
          byteLength: row.byteLength,
          mediaType: row.mediaType
        })),
        nextCursor: last !== undefined && rows.length > limit ? writeCursor(last.id) : null
      };
    }
  })
];
