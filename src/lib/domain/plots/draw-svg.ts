import { placed } from './axis.ts';
import { drawMark } from './draw-marks.ts';
import type { LegendEntry, Plot, PlotAxis } from './plot.ts';
import { pointShape } from './point-shape.ts';
import { escaped, FILE_COLOURS, FILE_FONT, styled, type Look } from './svg-style.ts';
import { ticks } from './ticks.ts';

const RIGHT = 14;
/** Of a character at 12 px, on average and a little more: there is no measuring of text on a server. */
const CHARACTER = 6.7;
const MOST_LABEL = 26;
/** Of a whole drawing, so that two stand beside each other on a page without being made smaller. */
const WIDTH = 470;
const LEGEND_ROW = 20;
const NOTE_ROW = 15;

/**
 * A plot as SVG. On a page its title and notes stand around it, and the style sheet colours it; a file carries both and
 * colours of its own.
 *
 * @param uid told apart from the ids of other drawings of the same page.
 */
export function drawSvg(plot: Plot, look: Look, uid = 'plot'): string {
  const { x, y, legend } = plot;
  const yNames = y.categories?.map(inLines);
  const xNames = x.categories?.map((name) => [shortened(name)]);
  const left = Math.max(56, (yNames ? longest(yNames.flat()) * CHARACTER : 0) + 34);
  const inner = plot.inner ?? Math.max(180, WIDTH - left - RIGHT);
  const slanted =
    xNames !== undefined && longest(xNames.flat()) * CHARACTER > (inner / Math.max(1, xNames.length)) * 0.95;
  const bottom = 44 + (slanted ? Math.min(150, longest(xNames.flat()) * CHARACTER * 0.72) : 0);
  const width = left + inner + RIGHT;
  const rows = legendRows(legend, width - 20);
  const titleLines = look === 'file' ? wrapped(plot.title, (width - 20) / 8.2) : [];
  const top = titleLines.length * 20 + (titleLines.length > 0 ? 8 : 0) + rows.length * LEGEND_ROW + 12;
  const high = plot.height ?? 270;
  const notes = look === 'file' ? plot.notes.flatMap((note) => wrapped(note, (width - 20) / 6.1)) : [];
  const height = top + high + bottom + (notes.length > 0 ? notes.length * NOTE_ROW + 10 : 0);
  const toX = placed(x, left, left + inner);
  // Matrices are read from the top; everything else rises.
  const toY = yNames ? placed(y, top, top + high) : placed(y, top + high, top);
  const text = (at: string, classes: string, said: string) =>
    `<text ${at}${styled(look, classes)}>${escaped(said)}</text>`;

  const matrix = plot.marks.some(({ kind }) => kind === 'cell');
  const canvas = {
    toX,
    toY,
    look,
    written: plot.marks.some((mark) => mark.kind === 'cell' && mark.text !== '')
  };
  const parts: string[] = [];
  if (look === 'file')
    parts.push(`<rect width="${width}" height="${height}" fill="${FILE_COLOURS.ground}"/>`);
  titleLines.forEach((line, i) => parts.push(text(`x="10" y="${22 + i * 20}"`, 'heading', line)));
  rows.forEach((row, i) => parts.push(drawLegend(row, top - 12 - (rows.length - i) * LEGEND_ROW + 14, look)));
  for (const [at, name] of labelsOf(y, yNames)) {
    if (!matrix)
      parts.push(
        `<line x1="${left}" x2="${left + inner}" y1="${toY(at)}" y2="${toY(at)}"${styled(look, 'grid')}/>`
      );
    name.forEach((line, i) =>
      parts.push(
        text(
          `x="${left - 8}" y="${toY(at) + 4 + (i - (name.length - 1) / 2) * 13}" text-anchor="end"`,
          'tick',
          line
        )
      )
    );
  }
  for (const mark of plot.marks) parts.push(drawMark(mark, canvas));
  const base = top + high;
  if (!matrix) {
    parts.push(`<line x1="${left}" x2="${left + inner}" y1="${base}" y2="${base}"${styled(look, 'axis')}/>`);
    parts.push(`<line x1="${left}" x2="${left}" y1="${top}" y2="${base}"${styled(look, 'axis')}/>`);
  }
  for (const [at, name] of labelsOf(x, xNames)) {
    if (!matrix)
      parts.push(
        `<line x1="${toX(at)}" x2="${toX(at)}" y1="${base}" y2="${base + 4}"${styled(look, 'axis')}/>`
      );
    parts.push(
      slanted
        ? text(
            `x="${toX(at)}" y="${base + 16}" text-anchor="end" transform="rotate(-40 ${toX(at)} ${base + 16})"`,
            'tick',
            name.join(' ')
          )
        : text(`x="${toX(at)}" y="${base + 18}" text-anchor="middle"`, 'tick', name.join(' '))
    );
  }
  parts.push(text(`x="${left + inner / 2}" y="${base + bottom - 6}" text-anchor="middle"`, 'tick', x.label));
  parts.push(
    text(`x="${-(top + high / 2)}" y="14" text-anchor="middle" transform="rotate(-90)"`, 'tick', y.label)
  );
  notes.forEach((line, i) =>
    parts.push(text(`x="10" y="${base + bottom + 16 + i * NOTE_ROW}"`, 'note', line))
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"` +
    ` aria-labelledby="${uid}-title ${uid}-desc"` +
    (look === 'page' ? ' class="chart"' : ` font-family="${FILE_FONT}"`) +
    `><title id="${uid}-title">${escaped(plot.title)}</title><desc id="${uid}-desc">${escaped(plot.description)}</desc>` +
    `${parts.join('')}</svg>`
  );
}

/** A drawing as a file of its own. */
export function svgFile(plot: Plot): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawSvg(plot, 'file')}\n`;
}

function labelsOf(axis: PlotAxis, names: readonly string[][] | undefined): [number, string[]][] {
  if (names) return names.map((name, at) => [at, name]);
  return (axis.at ?? ticks(axis.low, axis.high)).map((tick) => [tick, [String(tick).replace('-', '−')]]);
}

function widthOf(entry: LegendEntry): number {
  return 22 + entry.text.length * CHARACTER + 18;
}

function legendRows(legend: readonly LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let room = 0;
  for (const entry of legend) {
    const row = rows.at(-1);
    if (row && widthOf(entry) <= room) row.push(entry);
    else {
      rows.push([entry]);
      room = width;
    }
    room -= widthOf(entry);
  }
  return rows;
}

function drawLegend(row: readonly LegendEntry[], y: number, look: Look): string {
  let x = 10;
  return row
    .map((entry) => {
      const { kind, tone, simulated, dashed } = entry;
      const at = x;
      x += widthOf(entry);
      const also = `${dashed ? ' dashed' : ''}`;
      const sign =
        kind === 'line'
          ? `<path d="M${at} ${y - 4}h18"${styled(look, `line ${tone}${also}`)}/>`
          : kind === 'bars'
            ? `<path d="M${at + 9} ${y - 10}v12"${styled(look, `${tone} bars strong`)}/>`
            : kind === 'column'
              ? `<rect x="${at + 3}" y="${y - 9}" width="11" height="10"${styled(look, `${tone} column${simulated ? ' simulated' : ''}`)}/>`
              : pointShape(at + 9, y - 4, tone, simulated ?? false, look);
      return `${sign}<text x="${at + 22}" y="${y}"${styled(look, 'tick')}>${escaped(entry.text)}</text>`;
    })
    .join('');
}

/** An observer's name over two lines: model, strategy. */
function inLines(name: string): string[] {
  const [first = '', ...rest] = name.split(' · ');
  return name.length <= 22 || rest.length === 0
    ? [shortened(name)]
    : [shortened(first), shortened(rest.join(' · '))];
}

function shortened(name: string): string {
  return name.length > MOST_LABEL ? `${name.slice(0, MOST_LABEL - 1)}…` : name;
}

function longest(names: readonly string[]): number {
  return names.reduce((most, name) => Math.max(most, name.length), 0);
}

/** A text in lines of at most so many characters, broken at spaces. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
