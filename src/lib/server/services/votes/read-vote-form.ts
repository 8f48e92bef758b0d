import { READING, VOTE_KINDS, type VoteKind, type VoteReading } from './read-votes.ts';
import { VOTE_COLUMNS, type ColumnNames } from '#lib/server/tables/read-votes.ts';

/** What the mapping form says, from an address or from the form itself. */
export function readVoteForm(fields: URLSearchParams | FormData): { kind: VoteKind; reading: VoteReading } {
  const text = (name: string) => String(fields.get(name) ?? '').trim();
  const columns: ColumnNames = {};
  for (const column of VOTE_COLUMNS) {
    const name = text(`column-${column}`);
    if (name !== '') columns[column] = name;
  }
  const [low, high] = [text('low'), text('high')];
  return {
    kind: VOTE_KINDS.find((kind) => kind === text('kind')) ?? 'rater',
    reading: {
      ...READING,
      columns,
      name: text('name') === '' ? null : text('name'),
      range: low === '' && high === '' ? null : { low: numberOf(low), high: numberOf(high) },
      best: text('best') === 'lowest' ? 'lowest' : 'highest',
      passOver: fields.get('passOver') !== null
    }
  };
}

/** An empty end of a range is no number, which the reader says. */
function numberOf(text: string): number {
  return text === '' ? Number.NaN : Number(text);
}
