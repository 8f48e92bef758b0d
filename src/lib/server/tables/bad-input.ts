/**
 * Bad input from a person: one sentence that names the thing and the place. The CLI prints it and exits 2,
 * a page shows it beside the field; it is never a stack trace.
 */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly place: Place;
  /** The sentence where file and line stand beside it already. */
  readonly reason: string;

  /** The sentence without the option, for a page: it has no command line. */
  readonly onPage: string;

  constructor(message: string, place: Place = {}) {
    const where = [
      place.file === undefined ? '' : place.file,
      place.line === undefined ? '' : `line ${place.line}`,
      place.column === undefined ? '' : `column "${place.column}"`
    ].filter((part) => part !== '');
    const sentence = oneLine(where.length === 0 ? message : `${where.join(', ')}: ${message}`);
    super(place.option === undefined ? sentence : `${sentence} (${place.option})`);
    this.place = place;
    this.onPage = sentence;
    this.reason = oneLine(place.column === undefined ? message : `column "${place.column}": ${message}`);
  }
}

/** Bad only because of what is there already: a name that is taken, a study that is closed, a run that has ended. */
export class Conflict extends BadInput {}

/** File as the person gave it, 1-based line, column by its header name. */
export interface Place {
  file?: string;
  line?: number;
  column?: string;
  /** What on the command line would mend it: an option, or a command. */
  option?: string;
}

/** Control characters of a hostile file must not move a terminal's cursor or start a second line. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
