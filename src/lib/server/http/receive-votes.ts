import type { Lab } from '../services/lab.ts';
import { keepVotes } from '../services/votes/uploaded-votes.ts';
import { BadInput } from '../tables/bad-input.ts';
import { readMultipart } from './multipart.ts';

/** A form's one file of votes, kept while its person looks at it. @throws BadInput when no file was chosen. */
export async function receiveVotes(lab: Pick<Lab, 'config'>, request: Request): Promise<{ file: string }> {
  let kept: string | null = null;
  await readMultipart(request, async ({ filename, bytes }) => {
    if (filename === '' || kept !== null) bytes.resume();
    else kept = (await keepVotes(lab, filename, bytes)).id;
  });
  if (kept === null) throw new BadInput('choose a CSV file of votes');
  return { file: kept };
}
