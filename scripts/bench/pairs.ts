import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';

const DISTORTIONS = ['blur', 'jpeg', 'noise', 'dark', 'small'] as const;

/**
 * Generated references (waves and grain) with five kinds of distorted copies in five levels each, as PNG, and a list in which
 * MOS falls with the level. Synthetic pictures: what is measured on them is time.
 */
export async function makePairs(directory: string, pairs: number, width = 512, height = 384): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const rows = ['stimulus,reference,mos,sigma,distortion,level'];
  const perReference = DISTORTIONS.length * 5;
  for (let r = 0; rows.length <= pairs; r++) {
    const rgb = paint(width, height, r);
    const raw = { raw: { width, height, channels: 3 as const } };
    const name = `I${String(r).padStart(3, '0')}`;
    writeFileSync(path.join(directory, `${name}.png`), await png(sharp(rgb, raw)));
    for (let i = 0; i < perReference && rows.length <= pairs; i++) {
      const distortion = DISTORTIONS[i % DISTORTIONS.length] as (typeof DISTORTIONS)[number];
      const level = 1 + Math.floor(i / DISTORTIONS.length);
      const file = `${name}_${distortion}_${level}.png`;
      writeFileSync(path.join(directory, file), await png(await distorted(rgb, raw, distortion, level, r)));
      const mos = 5 - 0.8 * (level - 1) - 0.3 * ((r * 7 + i * 3) % 4) * 0.5;
      rows.push(`${file},${name}.png,${mos.toFixed(3)},0.6,${distortion},${level}`);
    }
  }
  writeFileSync(path.join(directory, 'mos.csv'), `${rows.join('\n')}\n`);
}

const png = (image: Sharp) => image.png({ compressionLevel: 2 }).toBuffer();

async function distorted(
  rgb: Uint8Array,
  raw: { raw: { width: number; height: number; channels: 3 } },
  distortion: (typeof DISTORTIONS)[number],
  level: number,
  seed: number
): Promise<Sharp> {
  const { width, height } = raw.raw;
  switch (distortion) {
    case 'blur':
      return sharp(rgb, raw).blur(0.4 + 0.7 * level);
    case 'jpeg':
      return sharp(
        await sharp(rgb, raw)
          .jpeg({ quality: 60 - 11 * level })
          .toBuffer()
      );
    case 'dark':
      return sharp(rgb, raw).linear(1 - 0.12 * level, 0);
    case 'small': {
      const small = { width: Math.round(width / (1 + level)), height: Math.round(height / (1 + level)) };
      const data = await sharp(rgb, raw).resize(small.width, small.height, { fit: 'fill' }).raw().toBuffer();
      return sharp(data, { raw: { ...small, channels: 3 } }).resize(width, height, { fit: 'fill' });
    }
    case 'noise': {
      let state = seed * 2_654_435_761 + level;
      const noisy = rgb.map((value) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.min(255, Math.max(0, value + (((state >>> 24) - 128) * level) / 12));
      });
      return sharp(noisy, raw);
    }
  }
}

function paint(width: number, height: number, number: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  let state = number * 2_654_435_761 + 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const grain = (state >>> 28) - 8;
      const at = 3 * (y * width + x);
      const edge =
        (Math.floor(x / (20 + (number % 9))) + Math.floor(y / (14 + (number % 5)))) % 3 === 0 ? 35 : 0;
      const wave = 95 + 50 * Math.sin((x + 3 * number) / 37) + 30 * Math.cos((y - number) / 23) + edge;
      rgb[at] = wave + grain;
      rgb[at + 1] = wave * 0.8 + grain + 20;
      rgb[at + 2] = 235 - wave * 0.8 + grain;
    }
  }
  return rgb;
}
