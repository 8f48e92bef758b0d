import { BadInput } from './bad-input.ts';
import { VOTE_COLUMNS, type ColumnNames } from './read-votes.ts';

/**
 * What a person says of a file's columns: `observer=subject,rating=score`.
 * @throws BadInput
 */
export function parseVoteColumns(text: string): ColumnNames {
  const names: ColumnNames = {};
  for (const part of text.split(',')) {
    const [key, name, more] = part.split('=').map((piece) => piece.trim());
    const column = VOTE_COLUMNS.find((known) => known === key);
    if (column === undefined || name === undefined || name === '' || more !== undefined) {
      throw new BadInput(
        `the columns of a file of votes are said as observer=NAME,rating=NAME, with ${VOTE_COLUMNS.join(', ')}; not ${JSON.stringify(part)}`
      );
    }
    if (names[column] !== undefined) throw new BadInput(`the column ${column} is said twice`);
    names[column] = name;
  }
  return names;
}
