const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}'
};

/** Text as LaTeX prints it, whatever it holds; line ends become spaces. */
export function latexText(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\&%$#_{}~^]/g, (character) => SPECIAL[character] ?? '');
}

/** A figure with a true minus, or an en dash where there is none. */
export function latexNumber(value: number | null, digits: number): string {
  if (value === null) return '--';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `$-${text}$` : text;
}
