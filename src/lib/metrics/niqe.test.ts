import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../tests/fixtures/random.ts';
import { distortRaw, renderScene } from '../../../tests/fixtures/scenes.ts';
import { fitAsymmetricGaussian, logGamma } from './aggd.ts';
import { luma, type GreyImage } from './image.ts';
import { fitPristineModel, FEATURES, niqe, niqeBlocks } from './niqe.ts';
import { pseudoInverse } from './symmetric.ts';

const random = seededRandom('niqe');

const SCENES = ['ridges', 'pebbles', 'still-life', 'weave', 'dahlia', 'specimen', 'facets'] as const;
type Scene = (typeof SCENES)[number];
const painted = new Map(
  SCENES.map((id) => [id, renderScene(id, 384, 384, seededRandom(`scene/${id}`))] as const)
);

function scene(id: Scene, change?: (rgb: Uint8Array) => Uint8Array): GreyImage {
  const { rgb, widthPx, heightPx } = painted.get(id)!;
  return luma({ widthPx, heightPx, channels: 3, data: change ? change(rgb) : rgb });
}

/** Mean over a square of side 2r + 1, edges replicated. */
function blurred({ widthPx, heightPx, data }: GreyImage, r: number): GreyImage {
  const result = new Uint8Array(data.length);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      let sum = 0;
      for (let dy = -r; dy <= r; dy++) {
        for (let dx = -r; dx <= r; dx++) {
          const row = Math.min(heightPx - 1, Math.max(0, y + dy));
          sum += data[row * widthPx + Math.min(widthPx - 1, Math.max(0, x + dx))] as number;
        }
      }
      result[y * widthPx + x] = Math.round(sum / (2 * r + 1) ** 2);
    }
  }
  return { widthPx, heightPx, data: result };
}

describe('logGamma', () => {
  it('is the factorial at whole numbers and √π at a half', () => {
    let factorial = 1;
    for (let n = 1; n < 15; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
  });
});

describe('fitAsymmetricGaussian', () => {
  it('finds shape and both scales of a Gaussian with different sides again', () => {
    const values = Float64Array.from({ length: 200_000 }, () => {
      // A side is chosen in proportion to its scale, then a half Gaussian on it.
      const size = Math.abs(random.normal());
      return random.uniform() < 1 / 3 ? -size : 2 * size;
    });
    const { alpha, betaLeft, betaRight } = fitAsymmetricGaussian(values)!;
    expect(alpha).toBeCloseTo(2, 1);
    // exp(−(x/β)²) has a standard deviation of β/√2.
    expect(betaLeft).toBeCloseTo(Math.SQRT2, 1);
    expect(betaRight).toBeCloseTo(2 * Math.SQRT2, 1);
  });

  it('finds the shape of a Laplacian', () => {
    const values = Float64Array.from({ length: 200_000 }, () => {
      const size = -Math.log(1 - random.uniform());
      return random.integer(2) === 0 ? size : -size;
    });
    expect(fitAsymmetricGaussian(values)?.alpha).toBeCloseTo(1, 1);
  });

  it('has no fit for constants or one side alone', () => {
    expect(fitAsymmetricGaussian(new Float64Array(10))).toBeNull();
    expect(fitAsymmetricGaussian(Float64Array.of(1, 2, 3))).toBeNull();
  });
});

describe('pseudoInverse', () => {
  it('inverts what can be inverted and projects what cannot', () => {
    const full = [
      [4, 1, 0.5],
      [1, 3, -0.25],
      [0.5, -0.25, 2]
    ];
    const inverse = pseudoInverse(full);
    full.forEach((row, i) => {
      full.forEach((_, j) => {
        const product = row.reduce((sum, value, k) => sum + value * (inverse[k]?.[j] as number), 0);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      });
    });
    // vvᵀ with |v|² = 14 has the pseudo-inverse vvᵀ/14².
    const v = [1, 2, 3];
    const outer = v.map((a) => v.map((b) => a * b));
    pseudoInverse(outer).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo((outer[i]?.[j] as number) / 196, 12))
    );
  });
});

describe('niqe', () => {
  const model = fitPristineModel(SCENES.map((id) => scene(id)))!;

  it('is fitted from the sharp blocks of pictures', () => {
    expect(model.pictures).toBe(SCENES.length);
    expect(model.blocks).toBeGreaterThan(FEATURES);
    expect(model.mean).toHaveLength(FEATURES);
    expect(model.covariance.every((row, i) => row[i]! >= 0)).toBe(true);
  });

  it('is higher for blur, and the higher the more noise there is', () => {
    for (const id of ['ridges', 'still-life'] as const) {
      const plain = niqe(scene(id), model)!;
      for (const r of [1, 3]) expect(niqe(blurred(scene(id), r), model)).toBeGreaterThan(1.5 * plain);
      const noisy = ([2, 5] as const).map((level) =>
        niqe(
          scene(id, (rgb) => distortRaw('noise', level, rgb, seededRandom('grain'))),
          model
        )!
      );
      expect(noisy[0]).toBeGreaterThan(plain);
      expect(noisy[1]).toBeGreaterThan(noisy[0]!);
    }
  });

  it('looks at whole blocks alone: what hangs over the last one changes nothing', () => {
    const image = scene('ridges');
    const wider = { widthPx: image.widthPx + 20, heightPx: image.heightPx, data: new Uint8Array(0) };
    wider.data = new Uint8Array(wider.widthPx * wider.heightPx);
    for (let y = 0; y < image.heightPx; y++) {
      wider.data.set(image.data.subarray(y * image.widthPx, (y + 1) * image.widthPx), y * wider.widthPx);
    }
    expect(niqeBlocks(wider)).toHaveLength(niqeBlocks(image).length);
    expect(niqe(wider, model)).toBeCloseTo(niqe(image, model)!, 12);
  });

  it('does not exist for small or flat pictures', () => {
    expect(niqe({ widthPx: 95, heightPx: 300, data: new Uint8Array(95 * 300) }, model)).toBeNull();
    expect(
      niqe({ widthPx: 200, heightPx: 200, data: new Uint8Array(200 * 200).fill(128) }, model)
    ).toBeNull();
    expect(fitPristineModel([])).toBeNull();
    // Sixteen blocks cannot say how 36 features go together.
    expect(fitPristineModel([scene('ridges')])).toBeNull();
  });
});
