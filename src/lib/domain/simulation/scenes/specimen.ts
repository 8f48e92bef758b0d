import { shuffled, type Random } from '#lib/stats/random.ts';
import { hex, mixed, scaled, type Colour, type Shader } from './canvas.ts';
import { gradientNoise } from './noise.ts';
import { distanceTo, textSegments, textWidth, type Segment } from './strokes.ts';

const PAPER = hex(0xfaf6ec);
const INK = hex(0x16181d);
const PANEL = hex(0x1f4e5f);
const ACCENT = hex(0xc2452d);

const WORDS =
  'THE JUST NOTICEABLE DIFFERENCE LIES WHERE HALF OF ALL QUICK ANSWERS FIND IT AND THE OTHER HALF DO NOT BEYOND IT EVERY EYE AGREES BELOW IT NONE CAN SAY WHICH OF TWO PICTURES IS THE SHARPER ONE'.split(
    ' '
  );

interface Line {
  segments: Segment[];
  /** Half the stroke's width. */
  half: number;
  colour: Colour;
}

/** Fine dark strokes on plain paper: a type specimen from a headline down to lines of a few pixels. */
export function specimen(aspect: number, random: Random): Shader {
  const margin = 0.07;
  const width = aspect - 2 * margin;
  const lines: Line[] = [];
  const write = (
    text: string,
    x: number,
    y: number,
    height: number,
    weight: number,
    colour: Colour
  ): void => {
    lines.push({ segments: textSegments(text, x, y, height), half: (height * weight) / 2, colour });
  };
  const fitted = (text: string, most: number) => Math.min(most, (6 * width) / textWidth(text));

  const headline = fitted('THRESHOLD', 0.16);
  write('THRESHOLD', margin, margin, headline, 0.17, INK);
  const second = margin + headline + 0.05;
  write('A SPECIMEN OF LETTERS', margin, second, 0.034, 0.13, ACCENT);
  write(
    'NO. ' + String(10 + random.integer(90)),
    margin + width - (0.034 / 6) * textWidth('NO. 00'),
    second,
    0.034,
    0.13,
    ACCENT
  );

  const top = second + 0.1;
  const columnWidth = width * 0.55;
  const words = shuffled(WORDS, random);
  let next = 0;
  let y = top;
  for (const [height, rows] of [
    [0.036, 3],
    [0.026, 4],
    [0.0185, 5],
    [0.0135, 6]
  ] as const) {
    for (let row = 0; row < rows && y + height < 1 - margin; row++) {
      let text = words[next % words.length] as string;
      next++;
      for (;;) {
        const longer = `${text} ${words[next % words.length] as string}`;
        if ((textWidth(longer) * height) / 6 > columnWidth) break;
        text = longer;
        next++;
      }
      write(text, margin, y, height, 0.12, INK);
      y += height * 1.62;
    }
    y += height * 0.7;
  }

  const panel = { x1: margin + width * 0.62, y1: top, x2: margin + width, y2: 1 - margin };
  const panelWidth = panel.x2 - panel.x1;
  const digits = ['8203', '5914', '7366', '4028', '6195', '2847'];
  let panelY = panel.y1 + 0.04;
  for (const [k, number] of digits.entries()) {
    const height = 0.088 * 0.8 ** k;
    const room = panelWidth - 0.06;
    const repeated = Array.from(
      { length: Math.max(1, Math.floor((6 * room) / (height * (textWidth(number) + 3.7)))) },
      () => number
    );
    write(
      repeated.join(' '),
      panel.x1 + 0.03,
      panelY,
      Math.min(height, (6 * room) / textWidth(number)),
      0.13,
      k % 3 === 2 ? hex(0xf3c969) : PAPER
    );
    panelY += height * 1.5;
  }
  const rules = [second + 0.058, second + 0.064];
  const grain = gradientNoise(random);
  const near = indexed(lines);
  return (x, y2) => {
    const inPanel = x > panel.x1 && x < panel.x2 && y2 > panel.y1 && y2 < panel.y2;
    let colour = inPanel ? PANEL : PAPER;
    if (rules.some((rule) => Math.abs(y2 - rule) < 0.0011) && x > margin && x < margin + width) colour = INK;
    for (const { segment, half, colour: ink } of near(x, y2)) {
      if (distanceTo(segment, x, y2) < half) {
        colour = ink;
        break;
      }
    }
    // Paper is never quite even.
    return scaled(mixed(colour, PAPER, 0.02), 0.97 + 0.02 * grain(3 * x, 3 * y2));
  };
}

/** Which strokes may cover a point: by cells, since a page has thousands of them. */
function indexed(
  lines: readonly Line[]
): (x: number, y: number) => { segment: Segment; half: number; colour: Colour }[] {
  const side = 0.02;
  const cells = new Map<number, { segment: Segment; half: number; colour: Colour }[]>();
  const key = (cx: number, cy: number) => cy * 1000 + cx;
  for (const { segments, half, colour } of lines) {
    for (const segment of segments) {
      const left = Math.floor((Math.min(segment.x1, segment.x2) - half) / side);
      const right = Math.floor((Math.max(segment.x1, segment.x2) + half) / side);
      const upper = Math.floor((Math.min(segment.y1, segment.y2) - half) / side);
      const lower = Math.floor((Math.max(segment.y1, segment.y2) + half) / side);
      for (let cy = upper; cy <= lower; cy++) {
        for (let cx = left; cx <= right; cx++) {
          const there = cells.get(key(cx, cy));
          if (there) there.push({ segment, half, colour });
          else cells.set(key(cx, cy), [{ segment, half, colour }]);
        }
      }
    }
  }
  const none: { segment: Segment; half: number; colour: Colour }[] = [];
  return (x, y) => cells.get(key(Math.floor(x / side), Math.floor(y / side))) ?? none;
}
