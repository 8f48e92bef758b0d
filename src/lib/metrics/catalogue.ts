import { DESCRIPTOR } from './descriptor.ts';

/** The built-in metrics. A version changes whenever a value of it could: then all values are computed anew. */
export interface BuiltIn {
  /** As it is stored and typed. */
  name: string;
  /** As people write it. */
  label: string;
  version: string;
  scenario: 'full-reference' | 'no-reference';
  /** 1: higher values mean better quality; −1: lower. */
  direction: 1 | -1;
  /** What it measures, in a few words. */
  what: string;
  unit: string | null;
}

const fr = (name: string, label: string, direction: 1 | -1, unit: string | null, what: string): BuiltIn => ({
  name,
  label,
  version: '1',
  scenario: 'full-reference',
  direction,
  what,
  unit
});
const nr = (name: string, label: string, direction: 1 | -1, unit: string | null, what: string): BuiltIn => ({
  ...fr(name, label, direction, unit, what),
  scenario: 'no-reference'
});

export const BUILT_IN: readonly BuiltIn[] = [
  fr('psnr', 'PSNR', 1, 'dB', 'peak signal against squared error, over all channels'),
  fr('ssim', 'SSIM', 1, null, 'structural similarity of the luma'),
  fr('ms-ssim', 'MS-SSIM', 1, null, 'structural similarity over five scales'),
  fr('fsim', 'FSIM', 1, null, 'phase congruency and gradients of the luma'),
  fr('fsimc', 'FSIMc', 1, null, 'FSIM with the chroma channels'),
  fr('gmsd', 'GMSD', -1, null, 'deviation of the gradients’ similarity'),
  fr('ciede2000', 'CIEDE2000', -1, 'ΔE₀₀', 'mean colour difference of the pixels'),
  nr('niqe', 'NIQE', -1, null, 'distance of block statistics from those of pristine pictures'),
  nr('sharpness', 'Sharpness', 1, null, 'variance of the Laplacian of the luma'),
  nr('colourfulness', 'Colourfulness', 1, null, 'spread and mean of the opponent colours'),
  nr('contrast', 'Contrast', 1, null, 'RMS contrast of the luma')
];

const BY_NAME = new Map(BUILT_IN.map((metric) => [metric.name, metric]));

/** A built-in metric by its stored name, or undefined. */
export function builtIn(name: string): BuiltIn | undefined {
  return BY_NAME.get(name);
}

/** Stored names and labels in small letters: none of them can name anything else. */
export const BUILT_IN_NAMES: ReadonlySet<string> = new Set(
  [...BUILT_IN, DESCRIPTOR].flatMap(({ name, label }) => [name, label.toLowerCase()])
);
