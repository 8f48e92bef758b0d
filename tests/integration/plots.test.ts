import sharp from 'sharp';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STUDY_PLOT_NAMES } from '../../src/lib/domain/plots/study-plots.ts';
import type { Study } from '../../src/lib/server/db/studies.ts';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { plotStudy } from '../../src/lib/server/services/plot-study.ts';
import { satLab, type SatLab } from './sat-study.ts';

let lab: SatLab;
let test: SatLab['test'];
let study: Study;
beforeAll(async () => {
  lab = await satLab({ dataset: 'plain', count: 10, name: 'scores', people: 4 });
  ({ test, study } = lab);
});
afterAll(() => lab.remove());

const file = (name: string, format: string, more: { observer?: string; compute?: boolean } = {}) =>
  plotStudy(test.lab, study, {
    name,
    format,
    observer: more.observer ?? null,
    compute: more.compute ?? false
  });

it('a plot goes out as SVG, as PNG of twice its size with its text in it, and as the data behind it', async () => {
  const svg = new TextDecoder().decode((await file('scale', 'svg', { observer: 'people' })).bytes);
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? [];
  const png = await file('scale', 'png', { observer: 'people' });
  const image = sharp(png.bytes);
  expect(await image.metadata()).toMatchObject({
    format: 'png',
    width: Math.round(2 * Number(width)),
    height: Math.round(2 * Number(height))
  });
  // The title stands at the top left, in ink: a font that is not there leaves white.
  const title = await image.clone().extract({ left: 0, top: 0, width: 300, height: 56 }).greyscale().stats();
  expect(title.channels[0]?.min).toBeLessThan(120);
  expect(png.fileName).toBe('scores-scale-people.png');

  const rows = parse(Buffer.from((await file('scale', 'csv', { observer: 'people' })).bytes), {
    columns: true
  }) as Record<string, string>[];
  const results = await cachedResults(test.lab, study);
  const values = results.stimuli.flatMap(({ values }) => values['people']?.value ?? []);
  expect(rows.map((row) => Number(row['mean score (0 to 100)'])).sort()).toEqual([...values].sort());
});

it('what needs the slow figures is refused until they are there, and computed where that is asked for', async () => {
  await expect(file('ceiling', 'svg')).rejects.toThrow('have not been computed');
  const svg = new TextDecoder().decode((await file('ceiling', 'svg', { compute: true })).bytes);
  expect(svg).toContain('Human ceiling');
  expect((await file('ceiling', 'csv')).bytes.length).toBeGreaterThan(0);
});

it('a wrong name, format or observer is one clear error', async () => {
  await expect(file('pie', 'svg')).rejects.toThrow(
    `there is no plot "pie"; there are ${STUDY_PLOT_NAMES.join(', ')}`
  );
  await expect(file('mos', 'gif')).rejects.toThrow('a plot is written as svg, png, csv, not as "gif"');
  await expect(file('mos', 'svg', { observer: 'nobody' })).rejects.toThrow(
    'study scores has no observer "nobody"'
  );
  await expect(file('wins', 'svg')).rejects.toThrow('this protocol asks for scores');
});
