import sharp from 'sharp';
import { decodeBmp } from './bmp.ts';

/** A small motion of a picture in its own plane, about its centre. */
export interface GeometricTransform {
  /** Clockwise. */
  rotationDegrees: number;
  /** Above 1 enlarges. */
  scale: number;
  /** To the right, as a share of the width. */
  shiftX: number;
  /** Downwards, as a share of the height. */
  shiftY: number;
}

/** How it is done, for the record beside the parameters. */
export const TRANSFORMING = `mirrored margins, bicubic, sharp ${sharp.versions.sharp ?? ''}, libvips ${sharp.versions.vips}`;

/** Of the longer side: wide enough for every transformation that an import draws. */
const MARGIN = 0.2;

/**
 * Moves a picture and keeps its size; what comes in from beyond its edges is the picture mirrored there. Its centre
 * stays where it is to within a pixel: the cut is made at whole pixels.
 *
 * @param bytes a file that probeImage accepted. @returns a PNG without metadata.
 */
export async function transformPicture(
  bytes: Uint8Array,
  transform: GeometricTransform
): Promise<Uint8Array> {
  const upright = await pixels(bytes);
  const { width, height } = upright.info;
  const margin = Math.ceil(MARGIN * Math.max(width, height));
  const extended = await sharp(upright.data, { raw: upright.info })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, extendWith: 'mirror' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const angle = (transform.rotationDegrees * Math.PI) / 180;
  const cos = transform.scale * Math.cos(angle);
  const sin = transform.scale * Math.sin(angle);
  const moved = await sharp(extended.data, { raw: extended.info })
    .affine([cos, -sin, sin, cos], { interpolator: 'bicubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  // The centre stays the centre of the box around what was turned: the cut is taken from there.
  const left = Math.round((moved.info.width - width) / 2 - transform.shiftX * width);
  const top = Math.round((moved.info.height - height) / 2 - transform.shiftY * height);
  const png = await sharp(moved.data, { raw: moved.info })
    .extract({ left, top, width, height })
    .png({ compressionLevel: 7 })
    .toBuffer();
  return new Uint8Array(png.buffer, png.byteOffset, png.byteLength);
}

async function pixels(bytes: Uint8Array) {
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) {
    const decoded = decodeBmp(bytes);
    if (!decoded.ok) throw new Error(decoded.reason);
    const { widthPx: width, heightPx: height, channels, data } = decoded.image;
    return sharp(data, { raw: { width, height, channels } })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
  }
  return sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
}
