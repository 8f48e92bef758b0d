import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

/** N different JPEGs of 512 × 384 (a smooth scene with grain, about 60 kB each) and their MOS, in a folder. */
export async function makeFolder(directory: string, count: number, width = 512, height = 384): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const base = new Uint8Array(width * height * 3);
  const rows = ['stimulus,mos,sigma'];
  for (let from = 0; from < count; from += 4) {
    await Promise.all(
      Array.from({ length: Math.min(4, count - from) }, async (_, offset) => {
        const number = from + offset;
        const rgb = paint(base, width, height, number);
        const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
          .jpeg({ quality: 85 })
          .toBuffer();
        const name = `p${String(number).padStart(6, '0')}.jpg`;
        writeFileSync(path.join(directory, name), bytes);
        rows[number + 1] = `${name},${((number * 37) % 1000) / 10},12`;
      })
    );
  }
  writeFileSync(path.join(directory, 'mos.csv'), `${rows.join('\n')}\n`);
}

function paint(base: Uint8Array, width: number, height: number, number: number): Uint8Array {
  const rgb = base.slice();
  let state = number * 2_654_435_761 + 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const grain = (state >>> 27) - 16;
      const at = 3 * (y * width + x);
      const wave = 90 + 60 * Math.sin((x + 3 * number) / 37) + 40 * Math.cos((y - number) / 23);
      rgb[at] = wave + grain;
      rgb[at + 1] = wave + grain + 20;
      rgb[at + 2] = 255 - wave + grain;
    }
  }
  return rgb;
}
