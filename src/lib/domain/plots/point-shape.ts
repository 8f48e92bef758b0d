import type { Tone } from './plot.ts';
import { styled, type Look } from './svg-style.ts';

/** People circles, models squares, else diamonds; what is simulated is open and struck through. */
export function pointShape(x: number, y: number, tone: Tone, simulated: boolean, look: Look): string {
  const classes = styled(look, `${tone} mark${simulated ? ' simulated' : ''}`);
  const shape =
    tone === 'people'
      ? `<circle cx="${x}" cy="${y}" r="3.5"${classes}/>`
      : tone === 'model'
        ? `<rect x="${x - 3}" y="${y - 3}" width="6" height="6"${classes}/>`
        : `<path d="M${x} ${y - 4}l4 4l-4 4l-4 -4z"${classes}/>`;
  return simulated ? `${shape}<path d="M${x - 3} ${y + 3}l6 -6"${classes}/>` : shape;
}
