import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { othersFirst } from '#lib/server/db/client.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { readTable } from '#lib/server/tables/read-table.ts';
import { VOTE_COLUMNS, type ColumnNames, type VoteColumn } from '#lib/server/tables/read-votes.ts';
import type { Lab } from '../lab.ts';
import { eachVote, type VoteCount, type VoteFile, type VoteReading } from './read-votes.ts';
import { studyTarget } from './study-target.ts';

/** Columns that a study's protocol asks for; `optional` may be missing. */
export const COLUMNS_OF = {
  'single-stimulus': { needed: ['stimulus', 'rating'], optional: [] },
  'double-stimulus': { needed: ['first', 'second', 'choice'], optional: ['count'] },
  'multiple-stimulus': { needed: ['stimuli', 'ranking'], optional: [] }
} as const satisfies Record<Study['design']['protocol'], { needed: VoteColumn[]; optional: VoteColumn[] }>;

/** Other words that files use for the same. */
const OTHER_WORDS: Partial<Record<VoteColumn, readonly string[]>> = {
  observer: ['rater', 'subject', 'participant', 'user', 'worker', 'annotator', 'subject_id', 'user_id'],
  stimulus: ['image', 'name', 'file', 'filename', 'dist_img', 'img'],
  rating: ['score', 'value', 'opinion', 'vote', 'grade'],
  first: ['a', 'left', 'image1', 'stimulus1', 'img1'],
  second: ['b', 'right', 'image2', 'stimulus2', 'img2'],
  choice: ['preference', 'answer', 'winner', 'vote'],
  count: ['n', 'votes'],
  stimuli: ['images', 'group'],
  ranking: ['ranks', 'rank']
};

export interface VotePreview {
  header: string[];
  rows: string[][];
  /** Which column is taken for what: as said, else by its name. */
  columns: ColumnNames;
  /** What all of the file comes to, where it can be read at all. */
  found: VoteCount | null;
  /** What is wrong, row by row, the first few. */
  problems: string[];
  /** How many more there are. */
  more: number;
}

const ROWS = 6;
const PROBLEMS = 20;

/** What a file would come to, without storing anything: its first rows, its columns, and what is wrong with any of them. */
export async function previewVotes(
  lab: Pick<Lab, 'db'>,
  study: Study,
  file: VoteFile,
  reading: VoteReading
): Promise<VotePreview> {
  const { header, rows } = await firstRows(file);
  const columns = { ...columnsByName(header), ...reading.columns };
  const problems: string[] = [];
  let more = 0;
  let found: VoteCount | null = null;
  const note = (problem: BadInput) => {
    const { line } = problem.place;
    if (problems.length < PROBLEMS)
      problems.push(line === undefined ? problem.reason : `line ${line}, ${problem.reason}`);
    else more++;
  };
  try {
    const target = await studyTarget(lab, study);
    found = await eachVote(file, target, { ...reading, columns }, () => {}, note, othersFirst);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    note(error);
  }
  return { header, rows, columns, found, problems, more };
}

function columnsByName(header: readonly string[]): ColumnNames {
  const lower = new Map(header.map((name) => [name.trim().toLowerCase(), name.trim()]));
  const names: ColumnNames = {};
  for (const column of VOTE_COLUMNS) {
    const word = [column, ...(OTHER_WORDS[column] ?? [])].find((known) => lower.has(known));
    if (word !== undefined) names[column] = lower.get(word) as string;
  }
  return names;
}

/** The beginning of the file alone: of a large one nothing more is read. */
async function firstRows(file: VoteFile): Promise<{ header: string[]; rows: string[][] }> {
  const lines: string[] = [];
  const input = createReadStream(file.path, { end: 1 << 18 });
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      lines.push(line);
      if (lines.length > ROWS) break;
    }
  } finally {
    input.destroy();
  }
  const rows: string[][] = [];
  let header: string[] = [];
  const text = Buffer.from(`${lines.join('\n')}\n`);
  try {
    await readTable(
      {
        label: file.label,
        bytes: (async function* () {
          yield text;
        })()
      },
      [],
      ({ names }) => {
        header = names;
      },
      ({ cells }) => rows.push(cells),
      () => {}
    );
  } catch (error) {
    // The whole file's reading says what is wrong with it.
    if (!(error instanceof BadInput)) throw error;
  }
  return { header, rows };
}
