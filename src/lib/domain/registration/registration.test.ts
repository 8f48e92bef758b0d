import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../study.ts';
import {
  choiceProblems,
  choicesIn,
  decidedAfter,
  otherChoices,
  registrationText,
  type AnalysisChoices,
  type LaterInput
} from './registration.ts';

const CHOICES: AnalysisChoices = {
  primaryFigure: 'srcc',
  against: 'people',
  replicates: 2000,
  seed: 7,
  people: 24,
  models: ['looker'],
  notes: 'It agrees.'
};
const design = defaultDesign('single-stimulus', 'no-reference', 1);
const input = { study: 's', version: 1, designHash: 'a'.repeat(64), design, choices: CHOICES, software: '1' };

describe('the text of a registration', () => {
  it('is canonical: the same whatever the order of keys, and another for another rule', () => {
    const turned = Object.fromEntries(Object.entries(design).reverse()) as unknown as typeof design;
    const text = registrationText(input);
    expect(registrationText({ ...input, design: turned })).toBe(text);
    expect(choicesIn(text)).toMatchObject(CHOICES);
    expect(
      registrationText({ ...input, design: { ...design, sitting: { usable: { finished: true } } } })
    ).not.toBe(text);
    expect(registrationText({ ...input, choices: { ...CHOICES, replicates: 1000 } })).not.toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      exclusion: { usable: null },
      analysis: { rules: { family: expect.stringContaining('Holm') as string } }
    });
  });

  it('of another kind says nothing', () => expect(choicesIn('{"format":"other"}')).toBeNull());
});

describe('choices', () => {
  it('that cannot be are named', () => {
    expect(choiceProblems(CHOICES)).toEqual([]);
    const wrong = { ...CHOICES, primaryFigure: 'mse' as 'srcc', replicates: 3, seed: 0.5, people: 0 };
    expect(choiceProblems(wrong).map((text) => text.split(' has ')[0]?.split(' is ')[0])).toEqual([
      'the primary figure',
      'the number of resamples',
      'the seed',
      'the number of people'
    ]);
  });

  it('that were made otherwise are said', () => {
    expect(otherChoices(CHOICES, { replicates: 2000, seed: 7 })).toEqual([]);
    expect(otherChoices(CHOICES, { replicates: 500, seed: 1 })).toEqual([
      '500 resamples, 2000 were registered',
      'drawn from seed 1, 7 was registered'
    ]);
  });
});

describe('what was decided after', () => {
  const at = (day: number) => `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  const nothing: LaterInput = {
    registeredAt: at(5),
    unblindedAt: at(10),
    choices: CHOICES,
    softwareThen: '1',
    softwareNow: '1',
    runs: [{ observer: 'a', model: 'looker', startedAt: at(7), control: false }],
    people: { completed: 24, startedAfterLook: [] },
    withdrawn: [{ observer: 'early', at: at(2) }],
    imports: [],
    versions: []
  };

  it('is nothing where all went as registered', () => expect(decidedAfter(nothing)).toEqual([]));

  it('is every addition, withdrawal and other rule, in the order in which they came', () => {
    const later = decidedAfter({
      ...nothing,
      softwareNow: '2',
      runs: [
        ...nothing.runs,
        { observer: 'late', model: 'looker', startedAt: at(12), control: false },
        { observer: 'other', model: 'unnamed', startedAt: at(6), control: false },
        { observer: 'blank', model: 'unnamed', startedAt: at(12), control: true }
      ],
      people: { completed: 23, startedAfterLook: [at(11)] },
      withdrawn: [{ observer: 'gone', at: at(13) }],
      imports: [{ file: 'votes.csv', at: at(14) }],
      versions: [{ address: 's@2', at: at(15), rule: 'another' }]
    });
    expect(later).toEqual([
      { at: at(6), what: 'run other: not among the models registered', departs: true },
      { at: at(11), what: 'a person began after results were looked at', departs: true },
      { at: at(12), what: 'run late: begun after results were looked at', departs: true },
      { at: at(13), what: 'the sitting of gone was withdrawn', departs: false },
      { at: at(14), what: 'votes collected elsewhere were added from votes.csv', departs: true },
      {
        at: at(15),
        what: 'a new version was planned, s@2, with other rules of exclusion',
        departs: true
      },
      { at: null, what: '23 people completed, 24 were registered', departs: true },
      { at: null, what: 'the figures are of Limen 2, 1 was registered', departs: false }
    ]);
  });
});
