import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { spearman } from '#lib/stats/correlation.ts';
import { metricAgreement, type MetricRow } from './metric-agreement.ts';
import { modelAgainstPeople } from './model-against-people.ts';

const random = seededRandom(4);
const rows: MetricRow[] = Array.from({ length: 200 }, (_, i) => {
  const mos = (i % 50) * 2;
  return {
    name: `s${i}`,
    value: i % 40 === 0 ? null : -mos / 100 + 0.3 * random.uniform(),
    mos,
    distortion: ['blur', 'noise', 'jpeg', 'blur'][i % 4] as string,
    level: (i % 5) + 1,
    content: `c${i % 10}`
  };
});
const input = { rows, direction: -1, mosDirection: 1, replicates: 200 } as const;

describe('metricAgreement', () => {
  const result = metricAgreement(input);

  it('has the figures of a model against people, missing values counted', () => {
    const expected = modelAgainstPeople(
      { mos: rows.map((row) => row.mos) },
      rows.map((row) => row.value)
    );
    expect(result).toMatchObject({
      n: 195,
      missing: 5,
      srcc: expected.srcc,
      krcc: expected.krcc,
      plcc: expected.plcc,
      rmse: expected.rmse,
      contents: 10
    });
    expect(result.srccInterval![0]).toBeLessThan(result.srcc!);
    expect(result.srccInterval![1]).toBeGreaterThan(result.srcc!);
  });

  it('says whether the sign is the one that the direction promises', () => {
    expect(result.srcc).toBeLessThan(-0.9);
    expect(result).toMatchObject({ expectedSign: -1, against: false });
    expect(metricAgreement({ ...input, direction: 1 })).toMatchObject({ expectedSign: 1, against: true });
    // A difference score turns it round once more.
    expect(metricAgreement({ ...input, direction: 1, mosDirection: -1 })).toMatchObject({ against: false });
    // Nothing is said of what could be chance.
    const noise = rows.map((row) => ({ ...row, value: random.uniform() }));
    expect(metricAgreement({ ...input, rows: noise }).against).toBe(false);
  });

  it('takes each content by itself, the one that agrees least first, and none of two stimuli', () => {
    // One content whose values were shuffled stands first, whatever its name.
    const broken = rows.map((row, i) =>
      row.content === 'c7' ? { ...row, value: rows[(i * 37) % 200]?.value ?? 0.1 } : row
    );
    const lonely = { ...rows[1]!, content: 'of two' };
    const { byContent } = metricAgreement({ ...input, rows: [...broken, lonely, { ...lonely, mos: 3 }] });
    expect(byContent).toHaveLength(10);
    expect(byContent[0]?.name).toBe('c7');
    expect(byContent.map(({ n }) => n).reduce((sum, n) => sum + n)).toBe(
      broken.filter((row) => row.value !== null).length
    );
    const srcc = byContent.map((group) => group.srcc!);
    expect(srcc).toEqual(srcc.slice().sort((a, b) => b - a));
  });

  it('takes each distortion and level by itself, in their order', () => {
    expect(result.distortions.map(({ name, n }) => [name, n])).toEqual([
      ['blur', 95],
      ['jpeg', 50],
      ['noise', 50]
    ]);
    expect(result.levels.map(({ name }) => name)).toEqual(['1', '2', '3', '4', '5']);
    const jpeg = rows.filter((row) => row.distortion === 'jpeg' && row.value !== null);
    expect(result.distortions[1]?.srcc).toBe(
      spearman(
        jpeg.map((row) => row.value as number),
        jpeg.map((row) => row.mos)
      )
    );
    // Through the falling map of all stimuli it comes out positive.
    expect(result.distortions[1]?.plcc).toBeGreaterThan(0.9);
  });

  it('has nothing to say of nothing', () => {
    const empty = metricAgreement({ ...input, rows: rows.map((row) => ({ ...row, value: null })) });
    expect(empty).toMatchObject({
      n: 0,
      missing: 200,
      srcc: null,
      srccInterval: null,
      against: false,
      dots: []
    });
  });
});
