/**
 * How a drawing says what its parts look like. On a page by classes, which the style sheet colours for both schemes; in a
 * file by attributes, in the light scheme, so that it looks the same everywhere.
 */
export type Look = 'page' | 'file';

/** The light scheme of `app.css`, which a test holds these to. */
export const FILE_COLOURS = {
  ink: '#191a1b',
  quiet: '#585b5e',
  line: '#d5d5d2',
  lineStrong: '#8a8c8e',
  people: '#0068a8',
  model: '#bf4f00',
  ground: '#ffffff'
} as const;

export const FILE_FONT = "'DejaVu Sans', 'Liberation Sans', Arial, Helvetica, sans-serif";

const C = FILE_COLOURS;

/** Attributes of each class, later ones over earlier ones. */
const STYLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  axis: { stroke: C.lineStrong, 'stroke-width': '1' },
  grid: { stroke: C.line, 'stroke-width': '1' },
  people: { fill: C.people, stroke: C.people },
  model: { fill: C.model, stroke: C.model },
  neutral: { fill: C.lineStrong, stroke: C.lineStrong },
  bars: { fill: 'none', 'stroke-width': '1', 'stroke-opacity': '0.5' },
  strong: { 'stroke-opacity': '1', 'stroke-width': '1.5' },
  fit: { fill: 'none', stroke: C.ink, 'stroke-width': '1.5' },
  guide: { fill: 'none', stroke: C.lineStrong, 'stroke-width': '1', 'stroke-dasharray': '2 3' },
  mark: { 'stroke-width': '1', 'fill-opacity': '0.7' },
  line: { fill: 'none', 'stroke-width': '2' },
  column: { 'stroke-width': '1', 'fill-opacity': '0.7' },
  cell: { fill: C.ink, stroke: 'none' },
  void: { fill: 'none', stroke: C.line, 'stroke-width': '1' },
  simulated: { fill: 'none' },
  dashed: { 'stroke-dasharray': '6 3' },
  tick: { fill: C.quiet, 'font-size': '12' },
  value: { fill: C.ink, 'font-size': '11' },
  heading: { fill: C.ink, 'font-size': '14', 'font-weight': '600' },
  note: { fill: C.quiet, 'font-size': '11' }
};

/** The attributes that give an element these classes' look. */
export function styled(look: Look, classes: string): string {
  if (look === 'page') return ` class="${classes}"`;
  const merged: Record<string, string> = {};
  for (const name of classes.split(' ')) Object.assign(merged, STYLES[name]);
  return Object.entries(merged)
    .map(([key, value]) => ` ${key}="${value}"`)
    .join('');
}

/** Text inside markup; control characters, which XML cannot hold, are left out. */
export function escaped(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
