import { svgFile } from '#lib/domain/plots/draw-svg.ts';
import type { Plot } from '#lib/domain/plots/plot.ts';
import { NoFont, svgToPng } from '#lib/server/images/svg-to-png.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { csvText } from '#lib/server/tables/write-table.ts';

export const PLOT_FORMATS = ['svg', 'png', 'csv'] as const;
export type PlotFormat = (typeof PLOT_FORMATS)[number];

export interface PlotFile {
  fileName: string;
  mediaType: string;
  bytes: Uint8Array;
}

const MEDIA_TYPES: Readonly<Record<PlotFormat, string>> = {
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8'
};

/**
 * A plot as SVG or PNG (at twice its size), or what it is drawn from as CSV.
 *
 * @throws BadInput for another format, and for a PNG where this machine has no font.
 */
export async function plotFile(plot: Plot, format: string, name: string): Promise<PlotFile> {
  const known = PLOT_FORMATS.find((one) => one === format);
  if (!known)
    throw new BadInput(`a plot is written as ${PLOT_FORMATS.join(', ')}, not as ${JSON.stringify(format)}`);
  const encoder = new TextEncoder();
  const bytes =
    known === 'csv'
      ? encoder.encode(csvText([plot.table.columns, ...plot.table.rows]))
      : known === 'svg'
        ? encoder.encode(svgFile(plot))
        : await png(svgFile(plot));
  return {
    fileName: `${name.replace(/[^\p{L}\p{N}._@-]+/gu, '-')}.${known}`,
    mediaType: MEDIA_TYPES[known],
    bytes
  };
}

async function png(svg: string): Promise<Uint8Array> {
  try {
    return await svgToPng(svg);
  } catch (error) {
    if (error instanceof NoFont) throw new BadInput(error.message);
    throw error;
  }
}
