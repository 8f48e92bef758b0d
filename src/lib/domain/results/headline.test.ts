import { describe, expect, it } from 'vitest';
import { headline } from './headline.ts';
import type { ObserverResult, StudyResults } from './study-results.ts';

function observer(name: string, more: Partial<ObserverResult>): ObserverResult {
  return {
    observer: name,
    kind: 'model',
    simulated: false,
    strategy: 'standard',
    sessionId: 1,
    raters: null,
    state: 'completed',
    control: null,
    presentations: 100,
    outcomes: { ok: 100 },
    stimuli: 100,
    n: 100,
    srcc: 0.8,
    krcc: 0.6,
    plccRaw: 0.8,
    plcc: 0.8,
    rmse: 1,
    sigmaNormalisedError: 1,
    pooled: null,
    references: null,
    againstRaters: null,
    mapping: null,
    ...more
  };
}

const people = (srcc: number, raters: number) =>
  observer('people', { kind: 'people', strategy: null, sessionId: null, raters, srcc });
const rater = (name: string, srcc: number) => observer(name, { kind: 'rater', strategy: null, srcc });

/** 100 stimuli on which every named observer has the MOS, but for a shift of some of them. */
function study(
  observers: ObserverResult[],
  values: Record<string, (i: number) => number> = {}
): StudyResults {
  return {
    study: 's',
    version: 1,
    designHash: '',
    protocol: 'single-stimulus',
    scenario: 'nr',
    truth: 'mos',
    mosRange: null,
    observers,
    stimuli: Array.from({ length: 100 }, (_, i) => ({
      stimulus: `${i}.png`,
      reference: null,
      id: i,
      sha256: '',
      distortion: null,
      level: null,
      mos: i,
      sigma: null,
      values: Object.fromEntries(
        Object.entries(values).map(([name, f]) => [
          name,
          { value: f(i), scaled: f(i), n: 1, sigma: null, se: null }
        ])
      )
    }))
  };
}

describe('the sentence', () => {
  it('says that there is nothing to say', () => {
    expect(headline(study([])).sentence).toBe('Nobody has sat this study yet.');
    expect(headline(study([people(0.9, 12)])).sentence).toBe(
      'People (12 sittings) together order 100 stimuli as the dataset’s MOS does with SRCC 0.90 (95 % interval 0.84 to 0.94); no model has sat this study yet.'
    );
  });

  it('says whose votes were collected elsewhere', () => {
    const some = headline(study([{ ...people(0.9, 12), imported: 5 }]));
    expect(some.provisos).toEqual([
      '5 of 12 of its people judged elsewhere: how they were shown the stimuli is not known here.'
    ]);
    const all = headline(study([{ ...people(0.9, 12), imported: 12 }, observer('m', { imported: 1 })]));
    expect(all.provisos).toEqual([
      'All of its people judged elsewhere: how they were shown the stimuli is not known here.',
      'The machine’s answers were imported: this lab has not asked it.'
    ]);
  });

  it('places the model among people one by one, and tests it against all together', () => {
    const raters = [0.6, 0.7, 0.75, 0.85].map((srcc, i) => rater(`r${i}`, srcc));
    const noisy = (i: number) => i + 40 * Math.sin(i * 37);
    const { sentence, provisos } = headline(
      study([people(0.99, 4), ...raters, observer('m', {})], {
        people: (i) => i + 6 * Math.sin(i * 5),
        m: noisy
      })
    );
    expect(sentence).toBe(
      'm orders 100 stimuli as the dataset’s MOS does with SRCC 0.80 (95 % interval 0.70 to 0.87), ' +
        'above 3 of 4 raters taken one by one (median 0.72); the 4 raters together reach 0.99, which is more (p < 0.001).'
    );
    expect(provisos).toEqual([]);
  });

  it('claims no difference that the data do not show', () => {
    const { sentence } = headline(
      study([people(0.8, 2), observer('m', {})], {
        people: (i) => i + 30 * Math.sin(i * 11),
        m: (i) => i + 30 * Math.sin(i * 17 + 1)
      })
    );
    expect(sentence).toMatch(
      /; the 2 raters together reach 0\.80, a difference that these data do not show \(p = 0\.\d\d\)\.$/
    );
  });

  it('says how much is missing, what is simulated, that a run goes on, and that the best of several was taken', () => {
    const model = observer('m', {
      kind: 'synthetic',
      simulated: true,
      presentations: 100,
      outcomes: { ok: 40, refused: 10 }
    });
    const { sentence, provisos } = headline(study([model, observer('worse', { srcc: 0.1 })]));
    expect(sentence).toMatch(
      /^The simulated observer m orders 100 stimuli .*; no people of this study to compare it with\.$/
    );
    expect(provisos).toEqual([
      'It is the best of 2 runs by this very figure, which flatters it; the table shows all of them.',
      'The machine here is a simulated observer: this says nothing about any real model.',
      'The run is not complete: 50 of 100 presentations have come back.',
      '20 % of its answers cannot be used and are left out, not guessed; that is enough to change the figure if what is missing is not like the rest.'
    ]);
  });

  it('does not speak of few stimuli, and says of references that the mean is over them', () => {
    expect(headline(study([observer('m', { n: 6 })])).sentence).toBe(
      'With 6 stimuli in common it is too early to say how well m stands in for people.'
    );
    const over = headline({ ...study([observer('m', { references: 3 })]), scenario: 'fr' });
    expect(over.sentence).toContain(
      'within 3 references (mean over references) as the dataset’s MOS does with SRCC 0.80;'
    );
    expect(over.provisos).toEqual(['The mean is over 3 references only.']);
  });
});
