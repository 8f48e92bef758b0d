/** Stands for "out of 100" behind a number; a private-use character, so that no answer brings its own. */
export const OF_HUNDRED = '\ue100';

const THINKING = ['think', 'thinking', 'thought', 'reasoning'].join('|');

export type WithoutThinking = { text: string; closed: boolean };

/**
 * The answer behind the reasoning: everything up to the last `</think>` or its kin goes, also where the server swallowed
 * the opening tag. `closed` is false where a reasoning was opened and never closed: no answer was reached.
 */
export function withoutThinking(raw: string): WithoutThinking {
  const plain = raw.replace(/◁(\/?)think▷/g, '<$1think>');
  const close = [...plain.matchAll(new RegExp(`</(?:${THINKING})>`, 'gi'))].at(-1);
  const text = close === undefined ? plain : plain.slice(close.index + close[0].length);
  const open = new RegExp(`<(?:${THINKING})>`, 'i').exec(text);
  return open ? { text: text.slice(0, open.index), closed: false } : { text, closed: true };
}

/**
 * One plain spelling for what models write in many: full-width digits and punctuation, Unicode minus signs and quotes,
 * Markdown emphasis, headings, bullets, tables and code fences, TeX and HTML wrappers, special tokens. "/100", "out of
 * 100" and "on a scale of 0 to 100" become `OF_HUNDRED` behind a number, or nothing. Words and numbers stay.
 */
export function cleanText(raw: string): string {
  const characters = raw
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/[\u200b-\u200f\u2060\ufeff\ue100]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
    .replace(/[\u2212\ufe63\u2010\u2011]/g, '-')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\u3002/g, '. ')
    .replace(/\u3001/g, ', ')
    .replace(/\u3010/g, '[')
    .replace(/\u3011/g, ']')
    .replace(/\r\n?/g, '\n');
  const plain = characters
    .replace(/<\|[^|<>\n]{1,40}\|>|<\/s>/g, '')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<(score|answer|rating|rank(?:s|ing)?)>/gi, '\n$1: ')
    .replace(/<\/?[a-z][^<>\n]{0,80}>/gi, ' ')
    .replace(/\\(?:boxed|text|textbf|mathbf|mathrm)\{([^{}]*)\}/g, '$1')
    .replace(/\\[()[\]]|\$/g, '')
    .replace(/^[ ]*(?:```|~~~).*$/gm, '')
    .replace(/[*`]/g, '')
    .replace(/(^|[^\p{L}\p{N}])_{1,3}(?=[\p{L}\p{N}])/gu, '$1')
    .replace(/([\p{L}\p{N}:.])_{1,3}(?=[^\p{L}\p{N}]|$)/gu, '$1');
  const lines = plain
    .replace(/^ *#{1,6} +/gm, '')
    .replace(/^ *>+ +(?=[\p{L}"'])/gmu, '')
    .replace(/^ *[-+•‣·–—] +(?=[\p{L}"'[({])/gmu, '')
    .split('\n')
    .map(withoutTable)
    .filter((line) => line !== null)
    .join('\n');
  return lines
    .replace(
      /[([]? ?\b(?:on a |in the |in a )?(?:scale |range )?(?:of |from |between )?(?<![\d.,])0 ?(?:-|–|—|~|to|and|\.\.\.?|…) ?100(?![\d.,]?\d) ?(?:scale)?[)\]]?/gi,
      ' '
    )
    .replace(
      /(\d["'\])]?) ?[([]? ?(?:\/|\bout of\b|\bof\b|\bover\b) ?100(?:\.0+)?(?![.,]?\d) ?[)\]]?/gi,
      `$1${OF_HUNDRED}`
    )
    .replace(/[([] ?(?:\/|out of|of) ?100 ?[)\]]/gi, ' ')
    .replace(/\b(score|rating) ?: ?(?:\1 ?: ?)+/gi, '$1: ');
}

/** A row of a table as "cell: cell", its rules gone. */
function withoutTable(line: string): string | null {
  if (!line.includes('|')) return line;
  if (/^[ |:-]+$/.test(line) && line.includes('-')) return null;
  const cells = line
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
  return cells.join(cells.length === 2 ? ': ' : ' | ');
}
