import type { Answer } from '#lib/domain/response.ts';

/** An answer in words. */
export function answerText(answer: Answer): string {
  if (answer.kind === 'score') return `score ${Number(answer.score.toFixed(2))}`;
  if (answer.kind === 'ranking') return `ranks ${answer.ranks.join(', ')}`;
  return answer.choice === 'same' ? 'the same' : `the ${answer.choice} is better`;
}

/** The same from a stored response's columns; null where there is no answer. */
export function storedAnswerText(row: {
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
}): string | null {
  if (row.score !== null) return answerText({ kind: 'score', score: row.score, raw: row.score });
  if (row.choice !== null) return answerText({ kind: 'choice', choice: row.choice as 'same' });
  return row.ranking === null ? null : answerText({ kind: 'ranking', ranks: row.ranking });
}
