import type { Lab } from '../services/lab.ts';
import { receiveFile } from '../services/import/receive-file.ts';
import { addRefused, createUpload, removeUpload } from '../services/import/uploads.ts';
import { BadInput } from '../tables/bad-input.ts';
import { readMultipart } from './multipart.ts';

/**
 * A plain form's zip (`archive`) and the list beside it (`list`), streamed to an upload of their own.
 * @throws BadInput when there is no archive in it; nothing is left behind then.
 */
export async function receiveArchive(
  lab: Pick<Lab, 'config'>,
  request: Request
): Promise<{ upload: string }> {
  let upload: string | null = null;
  let archive = false;
  const refused: string[] = [];
  try {
    await readMultipart(request, async ({ field, filename, bytes }) => {
      // An input that was left empty is sent as a file without a name.
      if (filename === '') {
        bytes.resume();
        return;
      }
      const name = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
      upload ??= (await createUpload(lab, 'zip', name.replace(/\.zip$/i, ''))).id;
      const role = field === 'archive' ? 'archive' : 'file';
      archive ||= role === 'archive';
      const problem = await receiveFile(lab, upload, { role, name, bytes });
      if (problem !== null) refused.push(problem);
    });
    if (upload === null || !archive) throw new BadInput('choose a zip archive of pictures');
    await addRefused(lab, upload, refused);
    return { upload };
  } catch (error) {
    if (upload !== null) await removeUpload(lab, upload);
    throw error;
  }
}
