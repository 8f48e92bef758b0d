import type { Readable } from 'node:stream';
import type { Scenario } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import type { ColumnMapping } from './mos-table.ts';
import type { LayoutChoice } from './open-source.ts';
import { previewUpload } from './preview-upload.ts';
import { receiveFile } from './receive-file.ts';
import { startImport } from './start-import.ts';
import { createUpload, removeUpload, type Upload, type UploadOptions } from './uploads.ts';

export interface ReceivedImport extends Omit<UploadOptions, 'layout' | 'columns'> {
  scenario: Scenario;
  /** null: recognised from the files. */
  layout: LayoutChoice | null;
  /** What is not said is guessed from the list's header, as the mapping page does. */
  columns: ColumnMapping;
}

/**
 * Takes an archive of pictures and their list in one go, and hands it to the background as if its person had filled the
 * mapping page.
 *
 * @throws BadInput naming what is missing or cannot be; nothing is left behind then.
 */
export async function receiveImport(
  lab: Pick<Lab, 'db' | 'config' | 'queue'>,
  archive: Readable,
  given: ReceivedImport
): Promise<Upload> {
  const upload = await createUpload(lab, 'zip', given.name);
  try {
    await receiveFile(lab, upload.id, { role: 'archive', name: 'archive.zip', bytes: archive });
    const preview = await previewUpload(lab, upload, given.list);
    if (preview.problem !== null) throw new BadInput(preview.problem);
    const said = given.list !== null || Object.keys(given.columns).length > 0;
    const layout =
      given.layout ?? (preview.recognised !== null && !said ? preview.recognised.layout : 'folder');
    const list = layout === 'folder' ? preview.list : null;
    if (given.list !== null && layout === 'folder' && list?.path !== given.list) {
      throw new BadInput(`there is no list ${JSON.stringify(given.list)} in the archive`);
    }
    return await startImport(lab, upload.id, {
      ...given,
      layout,
      list: list?.path ?? null,
      columns: { ...list?.mapping, ...given.columns }
    });
  } catch (error) {
    await removeUpload(lab, upload.id);
    throw error;
  }
}
