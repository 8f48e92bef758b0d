import type { ReadableStream } from 'node:stream/web';
import * as v from 'valibot';
import { DIMENSIONS } from '#lib/domain/results/split-results.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { exportBundle } from '../../services/bundle/export-bundle.ts';
import {
  exportLayout,
  exportTable,
  fileName,
  LAYOUT_NAMES,
  LAYOUTS,
  TABLE_FORMATS,
  TABLES
} from '../../services/export-study.ts';
import type { Lab } from '../../services/lab.ts';
import { shellCommands } from '../../services/shell/shell-commands.ts';
import { studyOf } from '../found.ts';
import { operation, type FileAnswer } from '../operation.ts';
import { Problem } from '../problem.ts';
import { listOf, number, oneOf, open, orNull, text, truth, whole } from '../schemas.ts';

const study = { study: 'Its name: the newest version; `name@2` is the second' };

const Observer = v.looseObject({
  observer: text('Its name'),
  kind: oneOf(['people', 'rater', 'model', 'synthetic'], '`people` is everybody pooled'),
  simulated: truth('Whether it is a simulation'),
  presentations: whole('Trials that it was shown'),
  outcomes: v.pipe(v.record(v.string(), v.number()), v.description('How many of each outcome')),
  stimuli: whole('With a value and a MOS'),
  srcc: orNull(number('Spearman’s correlation with the MOS')),
  plcc: orNull(number('Pearson’s, after the monotone logistic')),
  krcc: orNull(number('Kendall’s τ-b')),
  rmse: orNull(number('After the same logistic, on the dataset’s scale'))
});

const Results = v.looseObject({
  study: text('Its name'),
  version: v.optional(whole('Of the study', 1)),
  designHash: v.optional(text('SHA-256 of design, stimuli and trials')),
  observers: v.optional(listOf(Observer, 'People and models through the same scaling')),
  stimuli: v.optional(listOf(v.looseObject({}), 'Every judged stimulus with each observer’s value')),
  noiseFloor: v.optional(open('What answers by chance reach')),
  by: v.optional(text('With `split`: the dimension')),
  rows: v.optional(listOf(v.looseObject({}), 'With `split`: one a part'))
});

/** Every file that a study can be had as, and whether it says more of people than their answers. */
const FILES: { name: string; people: boolean; make(lab: Lab, study: Study): Promise<FileAnswer> }[] = [
  ...TABLES.flatMap((table) =>
    TABLE_FORMATS.map((format) => ({
      name: `${table}.${format}`,
      people: table === 'sittings',
      make: (lab: Lab, of: Study) => exportTable(lab, of, table, format)
    }))
  ),
  ...LAYOUT_NAMES.map((layout) => ({
    name: `${layout}.${LAYOUTS[layout].ending}`,
    people: layout === 'psych-ds',
    make: (lab: Lab, of: Study) => exportLayout(lab, of, layout)
  })),
  ...[false, true].map((pictures) => ({
    name: pictures ? 'bundle-with-pictures.zip' : 'bundle.zip',
    people: true,
    make: async (lab: Lab, of: Study): Promise<FileAnswer> => ({
      fileName: fileName(of, 'bundle', 'zip'),
      mediaType: 'application/zip',
      stream: (await exportBundle(lab, of, { pictures })) as ReadableStream<Uint8Array>
    })
  }))
];

const names = (people: boolean) => FILES.filter((file) => file.people === people).map(({ name }) => name);

function file(id: string, path: string, scope: 'read' | 'people', says: string) {
  const own = names(scope === 'people');
  return operation({
    id,
    method: 'GET',
    path,
    tag: 'Results',
    summary:
      scope === 'read' ? 'A study’s data as a file' : 'Files that say more of people than their answers',
    says: `${says} A million rows pass through without being held.`,
    scope,
    params: { ...study, file: own.map((name) => `\`${name}\``).join(', ') },
    answer: null,
    problems: ['unknown'],
    async run(call) {
      const of = await studyOf(call);
      const found = FILES.find(({ name }) => name === call.param('file'));
      if (found && own.includes(found.name)) return found.make(call.lab, of);
      const where = found ? `; it is under …/${scope === 'read' ? 'people-exports' : 'exports'}/` : '';
      throw new Problem('unknown', `there is no file ${JSON.stringify(call.param('file'))} here${where}`);
    }
  });
}

export const resultOperations = [
  operation({
    id: 'getResults',
    method: 'GET',
    path: '/studies/{study}/results',
    tag: 'Results',
    summary: 'Agreement of every observer with MOS and with the raters',
    says: 'The same answer as `limen results --json`.',
    scope: 'read',
    params: study,
    query: v.strictObject({
      split: v.optional(oneOf(DIMENSIONS, 'Takes runs apart: rows of one group differ by nothing else')),
      everybody: v.optional(truth('Keep in the sittings that the study’s rule calls unusable'), false)
    }),
    answer: Results,
    problems: ['unknown'],
    async run(call) {
      await studyOf(call);
      const { split = null, everybody } = call.query;
      return shellCommands.results(call.lab, { study: call.param('study'), split, everybody });
    }
  }),
  file('getExport', '/studies/{study}/exports/{file}', 'read', 'As `limen export` writes it.'),
  file(
    'getPeopleExport',
    '/studies/{study}/people-exports/{file}',
    'people',
    'Sittings with devices and what raters said, and what holds them.'
  )
];
