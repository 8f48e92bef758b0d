import { answer, begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy, type ResponseRow } from './support/world.ts';
import type { Protocol, StudyDesign } from '../../src/lib/domain/study.ts';

/** Each round: the keys pressed, and what has to be stored, as it was shown. */
interface Way {
  protocol: Protocol;
  /** Where a scale exists only beside a reference. */
  only?: 'fr';
  design: Partial<StudyDesign>;
  count: number;
  rounds: [keys: string[], stored: (row: ResponseRow) => void][];
}

const ways: Record<string, Way> = {
  slider: {
    protocol: 'single-stimulus',
    design: {},
    count: 6,
    rounds: [
      [['7', '3'], (row) => expect(row.score).toBe(73)],
      [['Home'], (row) => expect(row.score).toBe(0)],
      [['End'], (row) => expect(row.score).toBe(100)],
      [['ArrowRight', 'PageUp', 'ArrowRight', 'ArrowUp'], (row) => expect(row.score).toBe(62)],
      [['9', 'Backspace', '5'], (row) => expect(row.score).toBe(5)],
      [['1', '0', '0', 'PageDown', 'ArrowLeft'], (row) => expect(row.score).toBe(89)]
    ]
  },
  'five grades': {
    protocol: 'single-stimulus',
    design: { scale: 'acr-5' },
    count: 3,
    rounds: [
      [['1'], (row) => expect(row.score).toBe(0)],
      [['2', '4'], (row) => expect(row.score).toBe(75)],
      [['5'], (row) => expect(row.score).toBe(100)]
    ]
  },
  'nine grades': {
    protocol: 'single-stimulus',
    design: { scale: 'acr-9' },
    count: 3,
    rounds: [
      [['9'], (row) => expect(row).toMatchObject({ score: 100, raw: 9 })],
      [['0', '2'], (row) => expect(row).toMatchObject({ score: 12.5, raw: 2 })],
      [['4', '6'], (row) => expect(row).toMatchObject({ score: 62.5, raw: 6 })]
    ]
  },
  'five grades of impairment': {
    protocol: 'single-stimulus',
    only: 'fr',
    design: { scale: 'dcr-5', referencePlace: 'in-place' },
    count: 2,
    rounds: [
      [['6', '5'], (row) => expect(row).toMatchObject({ score: 100, raw: 5 })],
      [['2'], (row) => expect(row).toMatchObject({ score: 25, raw: 2 })]
    ]
  },
  'seven grades of comparison': {
    protocol: 'double-stimulus',
    design: { scale: 'ccr-7', pairsPerImage: 1 },
    count: 5,
    rounds: [
      [['1'], (row) => expect(row).toMatchObject({ choice: 'first', raw: -3, score: null })],
      [['7'], (row) => expect(row).toMatchObject({ choice: 'second', raw: 3 })],
      [['2', 'ArrowDown'], (row) => expect(row).toMatchObject({ choice: 'same', raw: 0 })],
      [['ArrowRight', 'ArrowRight'], (row) => expect(row).toMatchObject({ choice: 'second', raw: 2 })],
      [['ArrowDown', 'ArrowLeft'], (row) => expect(row).toMatchObject({ choice: 'first', raw: -1 })]
    ]
  },
  'one of two': {
    protocol: 'double-stimulus',
    design: { pairsPerImage: 1, allowTies: false },
    count: 3,
    rounds: [
      [['ArrowDown', 'ArrowLeft'], (row) => expect(row.choice).toBe('first')],
      [['ArrowRight', 'ArrowDown'], (row) => expect(row.choice).toBe('second')],
      [['ArrowLeft', 'ArrowRight'], (row) => expect(row.choice).toBe('second')]
    ]
  },
  'groups of two': {
    protocol: 'multiple-stimulus',
    design: { groupSize: 2, groupsPerImage: 1 },
    count: 3,
    rounds: [
      [['2', '1'], (row) => expect(row.ranking).toEqual([1, 0])],
      [['3', '2', '2'], (row) => expect(row.ranking).toEqual([0, 0])],
      [['b', '2', '1'], (row) => expect(row.ranking).toEqual([0, 1])]
    ]
  },
  'groups of three': {
    protocol: 'multiple-stimulus',
    design: { groupSize: 3, groupsPerImage: 1, allowTies: false },
    count: 3,
    rounds: [[['1', '3', '3', '2'], (row) => expect(row.ranking).toEqual([0, 1, 2])]]
  },
  'groups of five': {
    protocol: 'multiple-stimulus',
    design: { groupSize: 5, groupsPerImage: 1 },
    count: 5,
    rounds: [[['5', '4', '3', '2', '1'], (row) => expect(row.ranking).toEqual([4, 3, 2, 1, 0])]]
  },
  'groups of six': {
    protocol: 'multiple-stimulus',
    design: { groupSize: 6, groupsPerImage: 1 },
    count: 6,
    rounds: [[['f', '6', '1', '2', '2', '5', '4'], (row) => expect(row.ranking).toEqual([0, 1, 1, 3, 2, 4])]]
  },
  pairs: {
    protocol: 'double-stimulus',
    design: { pairsPerImage: 1 },
    count: 4,
    rounds: [
      [['ArrowLeft'], (row) => expect(row.choice).toBe('first')],
      [['ArrowLeft', 'ArrowRight'], (row) => expect(row.choice).toBe('second')],
      [['ArrowDown'], (row) => expect(row.choice).toBe('same')],
      [['ArrowRight', 'Backspace', 'ArrowLeft'], (row) => expect(row.choice).toBe('first')]
    ]
  },
  'groups of four': {
    protocol: 'multiple-stimulus',
    design: { groupsPerImage: 1, trialsPerSession: 4 },
    count: 8,
    rounds: [
      [['2', '4', '1', '3'], (row) => expect(row.ranking).toEqual([1, 3, 0, 2])],
      [['1', '1', '4', '4'], (row) => expect(row.ranking).toEqual([0, 0, 1, 1])],
      [['d', '1', 'c', '2', 'b', '3', 'a', '4'], (row) => expect(row.ranking).toEqual([3, 2, 1, 0])],
      [['1', '2', '3', '4', 'ArrowLeft', '1'], (row) => expect(row.ranking).toEqual([0, 1, 0, 2])]
    ]
  }
};

// Every other one beside a reference; rating-matrix takes each scale once more, through everything that can go wrong.
for (const [place, [name, way]] of Object.entries(ways).entries()) {
  const scenario = way.only ?? (place % 2 === 0 ? 'nr' : 'fr');
  test(`${name}, ${scenario}: by keyboard alone to the end, stored as pressed`, async ({ page, lab }) => {
    const made = await makeStudy(lab, way.protocol, scenario, { count: way.count, design: way.design });
    await begin(page, made.links[0] as string);
    for (const [index, [keys]] of way.rounds.entries()) {
      await open(page, index + 1);
      await answer(page, keys);
    }
    await page.waitForURL('**/done');
    await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();

    const rows = await exportedRows(lab, made.study);
    expect(rows).toHaveLength(way.rounds.length);
    for (const [index, [, stored]] of way.rounds.entries()) {
      const row = rows[index] as ResponseRow;
      expect(row).toMatchObject({ position: index, outcome: 'ok' });
      stored(row);
      expect(row.responseTimeMs).toBeGreaterThan(0);
      expect(row.responseTimeMs).toBeLessThan(30_000);
      expect(row.presentedAt).not.toBeNull();
    }
  });
}
