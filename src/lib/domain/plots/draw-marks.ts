import type { Mark } from './plot.ts';
import { pointShape } from './point-shape.ts';
import { escaped, styled, type Look } from './svg-style.ts';

interface Canvas {
  toX: (value: number) => number;
  toY: (value: number) => number;
  look: Look;
  /** Whether the fields of a matrix have their figures in them. */
  written: boolean;
}

/** The darkest a field with its figure in it may be, so that ink on it stays readable in both schemes. */
const DARKEST_UNDER_TEXT = 0.34;
const DARKEST = 0.9;

/** One mark as SVG; values beyond an axis stay at its end. */
export function drawMark(mark: Mark, { toX, toY, look, written }: Canvas): string {
  if (mark.kind === 'point') {
    const shape = pointShape(toX(mark.x), toY(mark.y), mark.tone, mark.simulated ?? false, look);
    return mark.title ? `<g>${shape}${told(mark.title)}</g>` : shape;
  }
  if (mark.kind === 'bars') {
    const d = mark.segments
      .map(([at, low, high]) =>
        mark.along === 'x' ? `M${toX(low)} ${toY(at)}H${toX(high)}` : `M${toX(at)} ${toY(low)}V${toY(high)}`
      )
      .join('');
    return d === ''
      ? ''
      : `<path d="${d}"${styled(look, `${mark.tone ?? 'neutral'} bars${mark.strong ? ' strong' : ''}`)}/>`;
  }
  if (mark.kind === 'line') {
    const d = mark.points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${toX(x)} ${toY(y)}`).join('');
    const classes =
      mark.role === 'curve' ? `${mark.tone ?? 'neutral'} line${mark.dashed ? ' dashed' : ''}` : mark.role;
    return d === '' ? '' : `<path d="${d}"${styled(look, classes)}/>`;
  }
  if (mark.kind === 'column') {
    const [left, right, upper, lower] = [toX(mark.from), toX(mark.to), toY(mark.high), toY(mark.low)];
    const rect = `<rect x="${left}" y="${Math.min(upper, lower)}" width="${round(right - left)}" height="${round(Math.abs(lower - upper))}"${styled(look, `${mark.tone} column${mark.simulated ? ' simulated' : ''}`)}>${mark.title ? told(mark.title) : ''}</rect>`;
    return rect;
  }
  const [left, right] = [toX(mark.column - 0.5), toX(mark.column + 0.5)];
  const [upper, lower] = [toY(mark.row - 0.5), toY(mark.row + 0.5)];
  const box = `x="${left}" y="${upper}" width="${round(right - left)}" height="${round(lower - upper)}"`;
  const darkest = written ? DARKEST_UNDER_TEXT : DARKEST;
  const field =
    mark.share === null
      ? `<rect ${box}${styled(look, 'void')}/>`
      : `<rect ${box}${styled(look, 'cell')} fill-opacity="${(0.02 + darkest * Math.min(1, Math.max(0, mark.share))).toFixed(3)}"/>`;
  const figure =
    mark.text !== ''
      ? `<text x="${round((left + right) / 2)}" y="${round((upper + lower) / 2 + 4)}" text-anchor="middle"${styled(look, 'value')}>${escaped(mark.text)}</text>`
      : '';
  return `<g>${field}${figure}${told(mark.title)}</g>`;
}

function told(title: string): string {
  return `<title>${escaped(title)}</title>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
