import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { besideOnePerson, type BesideOnePerson } from './beside-one-person.ts';
import type { ObserverResult, StimulusResult, StudyResults } from './study-results.ts';

const observer = (name: string, n: number) =>
  ({ observer: name, n, outcomes: { ok: n } }) as unknown as ObserverResult;

/**
 * People and a model who see the same truth, each with noise; a difference of 0 where both have as much. With references,
 * the model's noise may vary from one to the next.
 */
function drawn(
  seed: number,
  size: { stimuli: number; people: number; references?: number; varies?: number },
  noise: { model: number; person: number }
) {
  const random = seededRandom(`beside/${seed}`);
  const people = Array.from({ length: size.people }, (_, i) => observer(`r${i}`, size.stimuli));
  const { references = 0, varies = 0 } = size;
  const factors = Array.from({ length: references }, () => Math.exp(varies * random.normal()));
  const stimuli = Array.from({ length: size.stimuli }, (_, i) => {
    const mos = random.normal();
    const reference = references === 0 ? null : i % references;
    const value = (spread: number) => ({ value: mos + spread * random.normal() });
    return {
      id: i,
      reference: reference === null ? null : `reference ${reference}`,
      mos,
      values: Object.fromEntries([
        ['m', value(noise.model * (reference === null ? 1 : (factors[reference] as number)))],
        ...people.map((one) => [one.observer, value(noise.person)] as const)
      ])
    } as unknown as StimulusResult;
  });
  const results = {
    stimuli,
    scenario: references === 0 ? 'nr' : 'fr',
    protocol: 'single-stimulus'
  } as unknown as StudyResults;
  return besideOnePerson(results, observer('m', size.stimuli), people) as BesideOnePerson;
}

describe('the interval of a model beside one person', () => {
  it('covers the true difference in 95 % of studies, or a little more', () => {
    for (const { studies, ...size } of [
      { stimuli: 40, people: 5, studies: 300 },
      { stimuli: 100, people: 20, studies: 100 }
    ]) {
      let covered = 0;
      for (let seed = 0; seed < studies; seed++) {
        const { ci95 } = drawn(seed, size, { model: 0.8, person: 0.8 });
        if (ci95[0] <= 0 && ci95[1] >= 0) covered++;
      }
      // Three Monte-Carlo standard errors below 95 %.
      expect(covered / studies).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / studies));
    }
  });

  it('covers it where references are few: of those that were not taken, or of the only one', () => {
    const studies = 150;
    for (const size of [
      { stimuli: 40, people: 10, references: 1 },
      { stimuli: 40, people: 10, references: 2, varies: 0.25 },
      { stimuli: 45, people: 10, references: 3, varies: 0.25 },
      { stimuli: 50, people: 12, references: 5, varies: 0.25 }
    ]) {
      let covered = 0;
      for (let seed = 0; seed < studies; seed++) {
        const { ci95 } = drawn(seed, size, { model: 0.8, person: 0.8 });
        if (ci95[0] <= 0 && ci95[1] >= 0) covered++;
      }
      const { references } = size;
      expect(covered / studies, `${references} references`).toBeGreaterThan(
        0.95 - 3 * Math.sqrt((0.95 * 0.05) / studies)
      );
    }
  });

  it('finds a difference that is there, in its direction', () => {
    const better = drawn(1, { stimuli: 80, people: 10 }, { model: 0.3, person: 1 });
    expect(better.ci95[0]).toBeGreaterThan(0);
    expect(better.difference).toBeCloseTo(better.model - better.person, 12);
    expect(drawn(1, { stimuli: 80, people: 10 }, { model: 2, person: 0.5 }).ci95[1]).toBeLessThan(0);
  });

  it('says why there is none', () => {
    const results = { stimuli: [], scenario: 'nr', protocol: 'double-stimulus' } as unknown as StudyResults;
    const people = ['a', 'b', 'c'].map((name) => observer(name, 10));
    expect(besideOnePerson(results, observer('m', 100), [])).toBe('no-people');
    expect(besideOnePerson(results, observer('m', 100), people.slice(0, 2))).toBe('few-people');
    expect(besideOnePerson(results, observer('m', 100), people)).toBe('parts');
  });
});
