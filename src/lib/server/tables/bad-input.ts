/**
 * Bad input from a person: one sentence that names the thing and the place. The CLI prints it and exits 2,
 * a page shows it beside the field; it is never a stack trace.
 */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly place: { file?: string; line?: number; column?: string };
  /** The sentence where file and line stand beside it already. */
  readonly reason: string;

  /** @param place file as the person gave it, 1-based line, column by its header name. */
  constructor(message: string, place: { file?: string; line?: number; column?: string } = {}) {
    const where = [
      place.file === undefined ? '' : place.file,
      place.line === undefined ? '' : `line ${place.line}`,
      place.column === undefined ? '' : `column "${place.column}"`
    ].filter((part) => part !== '');
    super(oneLine(where.length === 0 ? message : `${where.join(', ')}: ${message}`));
    this.place = place;
    this.reason = oneLine(place.column === undefined ? message : `column "${place.column}": ${message}`);
  }
}

/** Control characters of a hostile file must not move a terminal's cursor or start a second line. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
