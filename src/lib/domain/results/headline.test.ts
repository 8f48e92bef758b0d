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

  /** So many raters, each with noise of their own around the MOS. */
  const panel = (count: number, noise: number) => {
    const names = Array.from({ length: count }, (_, r) => `r${r}`);
    return {
      raters: names.map((name) => rater(name, 0.7)),
      values: Object.fromEntries(
        names.map((name, r) => [name, (i: number) => i + noise * Math.sin(i * (7 + 2 * r) + r * r)])
      )
    };
  };
  const sentenceOf = (noise: number, of = panel(8, 40)) =>
    headline(
      study([people(0.97, of.raters.length), ...of.raters, observer('m', {})], {
        ...of.values,
        m: (i) => i + noise * Math.sin(i * 37)
      })
    );

  it('says better where the interval of the difference leaves out 0', () => {
    const { sentence, provisos } = sentenceOf(4);
    expect(sentence).toMatch(
      /^m agrees with the dataset’s MOS better than one person of this study does: SRCC 0\.99 against 0\.\d\d, means over 8 people on the stimuli of each \(difference 0\.\d\d, 95 % interval 0\.\d\d to 0\.\d\d\)\.$/
    );
    expect(provisos[0]).toBe(
      'Over all 100 stimuli its SRCC with the MOS is 0.80 (95 % interval 0.70 to 0.87); its 8 raters together reach 0.97.'
    );
  });

  it('says less well where it lies below 0', () => {
    expect(sentenceOf(120).sentence).toMatch(
      /^m agrees with the dataset’s MOS less well than one person of this study does: .* \(difference −0\.\d\d, 95 % interval −0\.\d\d to −0\.\d\d\)\.$/
    );
  });

  it('says as well, and to within how much, where being worse by more is left out', () => {
    expect(sentenceOf(6, panel(8, 6)).sentence).toMatch(
      /^m agrees with the dataset’s MOS as well as one person of this study does, to within 0\.05: SRCC /
    );
  });

  it('says that the answers cannot tell where nothing is left out', () => {
    expect(sentenceOf(42, panel(3, 40)).sentence).toMatch(
      /^These answers cannot tell whether m agrees with the dataset’s MOS as well as one person of this study does: SRCC /
    );
  });

  it('compares nothing with two people, with people who judged a part, or with nobody', () => {
    const two = panel(2, 20);
    expect(
      headline(study([people(0.8, 2), ...two.raters, observer('m', {})], { ...two.values, m: (i) => i }))
        .sentence
    ).toBe(
      'm orders 100 stimuli as the dataset’s MOS does with SRCC 0.80 (95 % interval 0.70 to 0.87); only 2 people have sat this study, too few to compare it with one by one; its 2 raters together reach 0.80.'
    );
    const some = panel(6, 20);
    const parts = some.raters.map((one) => ({ ...one, outcomes: { ok: 30 } }));
    const votes = {
      ...study([people(0.8, 6), ...parts, observer('m', {})], { ...some.values, m: (i) => i })
    };
    expect(headline({ ...votes, protocol: 'double-stimulus' }).sentence).toContain(
      'each of its 6 people judged but a part of the comparisons'
    );
    expect(headline(study([observer('m', {})], { m: (i) => i })).sentence).toMatch(
      /; no people have sat this study to compare it with\.$/
    );
  });

  it('says that nothing can be used, and of whom', () => {
    const model = observer('m', { n: 0, srcc: null, outcomes: { refused: 60, unparseable: 40 } });
    expect(headline(study([people(0.8, 6), model])).sentence).toBe(
      'None of the 100 answers of m can be used: how well it stands in for people is not known.'
    );
  });

  it('holds both against the mean of the others where no MOS is known', () => {
    const of = panel(8, 40);
    const plain = study(
      [
        { ...people(0, 8), srcc: null },
        ...of.raters.map((one) => ({ ...one, srcc: null })),
        observer('m', { srcc: null, againstRaters: { ...observer('x', {}), srcc: 0.9 } })
      ],
      { ...of.values, m: (i) => i }
    );
    const { sentence } = headline({
      ...plain,
      stimuli: plain.stimuli.map((stimulus) => ({ ...stimulus, mos: null }))
    });
    expect(sentence).toMatch(
      /^m agrees with the mean of the others better than one person of this study does: /
    );
  });

  it('calls simulated people and machines simulated in the sentence itself', () => {
    const of = panel(4, 40);
    const made = of.raters.map((one) => ({ ...one, kind: 'synthetic' as const, simulated: true }));
    const pooled = { ...people(0.9, 4), observer: 'simulated people', simulated: true };
    const model = observer('m', { kind: 'synthetic', simulated: true });
    const { sentence, provisos } = headline(
      study([pooled, ...made, model], { ...of.values, m: (i) => i + 4 * Math.sin(i) })
    );
    expect(sentence).toMatch(
      /^The simulated observer m agrees .* than one simulated rater of this study does/
    );
    expect(provisos).toContain(
      'The people here are simulated: they show how the lab works, not how people see.'
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
      /^The simulated observer m orders 100 stimuli .*; no people have sat this study to compare it with\.$/
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
