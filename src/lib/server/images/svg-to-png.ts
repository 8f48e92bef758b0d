import sharp from 'sharp';

/** CSS pixels are 96 to the inch; librsvg draws at 72 unless told: twice a drawing's size is 144. */
const DENSITY = 144;

/** Machines without any font draw no text at all; asked once. */
let writes: Promise<boolean> | null = null;

/**
 * A drawing of this lab as PNG, at twice its size in pixels.
 *
 * @throws NoFont where this machine has no font, so that axes would have no figures.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  if (!(await (writes ??= drawsText()))) throw new NoFont();
  const { data } = await sharp(Buffer.from(svg), { density: DENSITY })
    .png({ compressionLevel: 9 })
    .toBuffer({ resolveWithObject: true });
  return new Uint8Array(data);
}

export class NoFont extends Error {
  override readonly name = 'NoFont';
  constructor() {
    super(
      'this machine has no font to draw a PNG with: install one (such as fonts-dejavu-core), or take the SVG'
    );
  }
}

async function drawsText(): Promise<boolean> {
  const probe =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#fff"/><text x="2" y="15" font-size="14" font-family="sans-serif">A8</text></svg>';
  const { channels } = await sharp(Buffer.from(probe)).greyscale().stats();
  return (channels[0]?.min ?? 255) < 128;
}
