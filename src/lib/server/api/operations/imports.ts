import { Readable } from 'node:stream';
import * as v from 'valibot';
import { parseColumns } from '../../services/import/mos-table.ts';
import { LAYOUT_CHOICES, type LayoutChoice } from '../../services/import/open-source.ts';
import { receiveImport } from '../../services/import/receive-import.ts';
import { findUpload, readProgress, readReport, type Upload } from '../../services/import/uploads.ts';
import type { Lab } from '../../services/lab.ts';
import { BadInput } from '../../tables/bad-input.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { listOf, number, oneOf, open, orNull, text, truth, whole } from '../schemas.ts';

const Import = v.strictObject({
  import: text('Its id'),
  dataset: text('The dataset’s name'),
  state: oneOf(['receiving', 'importing', 'done', 'stopped', 'failed'], 'How it stands'),
  problem: orNull(text('Why it failed')),
  done: whole('Pictures looked at so far'),
  total: whole('Pictures'),
  report: orNull(
    v.looseObject({
      imported: whole('Taken in, references among them'),
      alreadyThere: whole('There before'),
      refused: listOf(open('File, line and reason'), 'What could not be taken'),
      warnings: listOf(v.string(), 'What was taken although'),
      mosRange: orNull(v.strictObject({ low: number('Its lower end'), high: number('Its upper end') }))
    })
  )
});

async function show(lab: Lab, { id, options, label, state, problem }: Upload) {
  const [progress, report] = await Promise.all([readProgress(lab, id), readReport(lab, id)]);
  return {
    import: id,
    dataset: options?.name ?? label,
    state,
    problem,
    done: progress?.done ?? 0,
    total: progress?.total ?? 0,
    report: state === 'done' ? report : null
  };
}

export const importOperations = [
  operation({
    id: 'importDataset',
    method: 'POST',
    path: '/imports',
    tag: 'Datasets',
    summary: 'Take an archive of pictures and their MOS in as a dataset',
    says: 'It is worked on in the background; ask for it again to see how it stands. A published layout is recognised, and so are the usual columns.',
    scope: 'write',
    query: v.strictObject({
      name: text('The dataset’s name'),
      scenario: oneOf(['full-reference', 'no-reference'], 'Whether the list names references'),
      layout: v.optional(
        oneOf(
          LAYOUT_CHOICES as readonly [LayoutChoice],
          'A published dataset in its authors’ layout, or a folder'
        )
      ),
      list: v.optional(text('The list’s path in the archive, where there are several')),
      columns: v.optional(text('`stimulus=a,mos=b`, where its columns are called otherwise')),
      low: v.optional(number('The MOS scale’s lower end; guessed without')),
      high: v.optional(number('Its upper end')),
      lowerIsBetter: v.optional(truth('Scores are differences'), false),
      licence: v.optional(text('As its authors say it')),
      attribute: v.optional(text('The visual attribute that its people judged')),
      cleanMetadata: v.optional(
        truth('Store pictures without metadata that could tell where they come from'),
        false
      ),
      ifMissing: v.optional(truth('Add to the dataset of this name where there is one'), false)
    }),
    body: { mediaType: 'application/zip', says: 'Pictures (PNG, JPEG, WebP, BMP) and a list of their MOS' },
    answer: Import,
    status: 202,
    problems: ['conflict', 'too-large'],
    async run({ lab, query, stream }) {
      const { low, high, columns, layout, list, licence, attribute, ...rest } = query;
      if ((low === undefined) !== (high === undefined)) throw new BadInput('query: low and high go together');
      if (stream === null) throw new BadInput('body: is missing');
      const upload = await receiveImport(lab, Readable.fromWeb(stream), {
        ...rest,
        layout: layout ?? null,
        list: list ?? null,
        columns: columns === undefined ? {} : parseColumns(columns),
        mosRange: low === undefined || high === undefined ? null : { low, high },
        licence: licence ?? null,
        attribute: attribute ?? null
      });
      return show(lab, upload);
    }
  }),
  operation({
    id: 'getImport',
    method: 'GET',
    path: '/imports/{import}',
    tag: 'Datasets',
    summary: 'How an import stands, and its report',
    scope: 'read',
    params: { import: 'Its id' },
    answer: Import,
    problems: ['unknown'],
    async run({ lab, param }) {
      try {
        return await show(lab, await findUpload(lab, param('import')));
      } catch (error) {
        if (error instanceof BadInput) throw new Problem('unknown', error.onPage);
        throw error;
      }
    }
  })
];
