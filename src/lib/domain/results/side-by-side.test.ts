import { describe, expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';
import type { ObserverResult, StudyResults } from './study-results.ts';

function observer(name: string, more: Partial<ObserverResult>): ObserverResult {
  return {
    observer: name,
    kind: 'model',
    simulated: false,
    strategy: 'standard',
    stimuli: 9,
    srcc: 0.5,
    ...more
  } as ObserverResult;
}

const value = (v: number) => ({ value: v, scaled: v, n: 3, sigma: 1, se: 0.5 });

function study(observers: ObserverResult[], values: Record<string, number[]>): StudyResults {
  const count = Math.max(...Object.values(values).map((list) => list.length));
  return {
    observers,
    stimuli: Array.from({ length: count }, (_, i) => ({
      stimulus: `${i}.png`,
      sha256: String(i),
      values: Object.fromEntries(
        Object.entries(values).flatMap(([name, list]) =>
          list[i] === undefined ? [] : [[name, value(list[i])]]
        )
      )
    }))
  } as unknown as StudyResults;
}

describe('sideBySide', () => {
  const people = observer('people', { kind: 'people', strategy: null });

  it('takes stimuli evenly over what people said, the best first, and the model that agrees best', () => {
    const found = sideBySide(
      study([people, observer('weak', { srcc: 0.1 }), observer('strong', { srcc: 0.9 })], {
        people: [10, 50, 30, 70, 90],
        weak: [1, 1, 1, 1, 1],
        strong: [11, 51, 31, 71, 91]
      }),
      3
    );
    expect(found?.model.observer).toBe('strong');
    expect(found?.stimuli.map(({ stimulus, model }) => [stimulus, model.value])).toEqual([
      ['4.png', 91],
      ['1.png', 51],
      ['0.png', 11]
    ]);
  });

  it('leaves out stimuli that only one side judged, and never more than there are', () => {
    const found = sideBySide(study([people, observer('m', {})], { people: [1, 2, 3], m: [1, 2] }), 6);
    expect(found?.stimuli.map(({ stimulus }) => stimulus)).toEqual(['1.png', '0.png']);
  });

  it('is null while either side has said nothing', () => {
    expect(sideBySide(study([people], { people: [1, 2] }), 4)).toBeNull();
    expect(sideBySide(study([observer('m', {})], { m: [1, 2] }), 4)).toBeNull();
    expect(sideBySide(study([people, observer('m', { stimuli: 0 })], { people: [1, 2] }), 4)).toBeNull();
  });

  it('shows simulated people where there are no others', () => {
    const simulated = observer('simulated people', { kind: 'people', strategy: null, simulated: true });
    const found = sideBySide(
      study([simulated, observer('m', {})], { 'simulated people': [1, 2], m: [1, 2] }),
      2
    );
    expect(found?.people.observer).toBe('simulated people');
  });
});
