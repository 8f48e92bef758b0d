import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { syntheticAnswer } from '#lib/domain/simulation/observer.ts';
import { syntheticPanel, TYPICAL_PANEL } from '#lib/domain/simulation/panel.ts';
import {
  DISTORTION_KINDS,
  DISTORTION_LEVELS,
  trueQuality
} from '#lib/domain/simulation/scenes/distortions.ts';
import { renderScene, type SceneId } from '#lib/domain/simulation/scenes/render-scene.ts';
import { distort, pngOf } from '#lib/server/images/distort.ts';
import { csvText } from '#lib/server/tables/write-table.ts';
import { seededRandom } from '#lib/stats/random.ts';

export interface SceneSet {
  /** The folder with the pictures and `mos.csv`. */
  directory: string;
  /** True quality 0–100 by the SHA-256 of a picture's bytes. */
  truth: Map<string, number>;
}

export interface SceneSetOptions {
  directory: string;
  scenes: readonly SceneId[];
  widthPx: number;
  heightPx: number;
  seed: number;
  /** Members of the simulated panel whose mean and SD are written as MOS and σ. */
  panel: number;
  onPicture?: (done: number, total: number) => void;
}

/**
 * Paints scenes, distorts each in five ways at five levels, lets a simulated panel score them, and writes all of it as a
 * folder that an import takes: pictures and `mos.csv`. The same options give the same files, to the byte.
 */
export async function makeSceneSet(options: SceneSetOptions): Promise<SceneSet> {
  const { directory, scenes, widthPx, heightPx, seed } = options;
  mkdirSync(directory, { recursive: true });
  const root = seededRandom(`scenes/${seed}`);
  const panel = syntheticPanel({ ...TYPICAL_PANEL, size: options.panel }, root.fork('panel'));
  const truth = new Map<string, number>();
  const rows: (string | number)[][] = [
    ['stimulus', 'reference', 'mos', 'sigma', 'n', 'distortion', 'level', 'content']
  ];
  const total = scenes.length * DISTORTION_KINDS.length * DISTORTION_LEVELS.length;
  let done = 0;
  for (const id of scenes) {
    const { rgb } = renderScene(id, widthPx, heightPx, root.fork(`scene/${id}`));
    writeFileSync(path.join(directory, `${id}.png`), await pngOf(rgb, widthPx, heightPx));
    const made = DISTORTION_KINDS.flatMap((kind) => DISTORTION_LEVELS.map((level) => ({ kind, level })));
    await Promise.all(
      made.map(async ({ kind, level }) => {
        const random = root.fork(`${id}/${kind}/${level}`);
        const { bytes, mediaType } = await distort(kind, level, rgb, widthPx, heightPx, random);
        const name = `${id}-${kind}-${level}.${mediaType === 'image/jpeg' ? 'jpg' : 'png'}`;
        writeFileSync(path.join(directory, name), bytes);
        const quality = trueQuality(kind, level, id);
        truth.set(createHash('sha256').update(bytes).digest('hex'), quality);
        const scores = panel.map((observer, member) => {
          const answer = syntheticAnswer(
            'single-stimulus',
            [quality],
            observer,
            { scale: 'continuous-100', allowTies: true },
            root.fork(`score/${name}/${member}`)
          );
          return answer.kind === 'score' ? answer.score : 0;
        });
        const { mean, sd } = moments(scores);
        rows.push([name, `${id}.png`, mean, sd, scores.length, kind, level, id]);
        options.onPicture?.(++done, total);
      })
    );
  }
  const [header, ...body] = rows as [string[], ...(string | number)[][]];
  body.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  writeFileSync(path.join(directory, 'mos.csv'), csvText([header, ...body]));
  return { directory, truth };
}

function moments(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}
