import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../study.ts';
import type { StudyResults } from '../results/study-results.ts';
import type { ReportInput, ReportSection } from './report.ts';
import { studyReport } from './study-report.ts';
import { spread, tally } from './tallies.ts';

const results: StudyResults = {
  study: 's',
  version: 1,
  designHash: 'a'.repeat(64),
  protocol: 'single-stimulus',
  scenario: 'nr',
  truth: 'mos',
  mosRange: null,
  observers: [],
  stimuli: []
};
const empty: ReportInput = {
  address: 's',
  dataset: { name: 'pictures', stimuli: 8, simulated: false, licence: null },
  design: defaultDesign('single-stimulus', 'no-reference', 3),
  designHash: 'a'.repeat(64),
  trials: { test: 8 },
  sittings: [],
  recruitment: [],
  imported: 0,
  runs: [],
  results,
  agreement: null,
  registration: null,
  unblindedAt: null,
  versions: { limen: '1', node: '24', parser: 2 }
};

function fact(sections: ReportSection[], title: string, name: string): string | null {
  const section = sections.find((one) => one.title === title);
  const found = section?.facts.find((one) => one.name === name);
  if (!found) throw new Error(`the report has no ${title} / ${name}`);
  return found.text;
}

describe('studyReport', () => {
  it('has every part that P.910 asks for, and says what was not recorded', () => {
    const sections = studyReport(empty);
    expect(sections.map(({ title }) => title)).toEqual([
      'Observers',
      'Device and viewing',
      'Method',
      'Screening',
      'Figures',
      'Models',
      'Software, seeds, hashes',
      'Pre-registration'
    ]);
    for (const [title, name] of [
      ['Observers', 'Recruitment'],
      ['Observers', 'Age, gender, expertise'],
      ['Device and viewing', 'Device pixel ratio'],
      ['Device and viewing', 'Refresh rate (Hz)'],
      ['Method', 'Licence of the stimuli'],
      ['Figures', 'SOS parameter a']
    ] as const)
      expect(fact(sections, title, name)).toBeNull();
    expect(fact(sections, 'Pre-registration', 'Pre-registration')).toBe('not pre-registered');
    expect(fact(sections, 'Figures', "Krippendorff's α")).toBe('not computed yet');
    expect(fact(sections, 'Software, seeds, hashes', 'Seed of the plan')).toBe('3');
  });

  it('counts what was recorded, and never lets a simulated observer pass for a person', () => {
    const one = {
      state: 'completed',
      usable: true,
      reasons: [],
      minutes: 12,
      device: { dpr: 2, screenWidth: 1920, screenHeight: 1080, touch: false },
      said: {
        distance: { value: { distanceMm: 600, cssPxPerDegree: 40 } },
        'questions-before': { value: [{ question: 'Age?', answer: '30' }] }
      }
    };
    const sections = studyReport({
      ...empty,
      design: { ...empty.design, sitting: { before: [{ text: 'Age?', kind: 'number' }] } },
      results: { ...results, people: { rule: 'finished', leftOut: 1 } },
      sittings: [
        { ...one, observer: 'r1', simulated: false },
        { ...one, observer: 'r2', simulated: true, usable: false, reasons: ['not finished'], said: null }
      ]
    });
    expect(fact(sections, 'Observers', 'People')).toBe('1 joined');
    expect(fact(sections, 'Observers', 'Simulated observers')).toBe('1, simulated');
    expect(fact(sections, 'Observers', 'Age?')).toBe('median 30 (30 to 30), n = 1');
    expect(fact(sections, 'Device and viewing', 'Screen size (CSS pixels)')).toBe('1920 × 1080 (2)');
    expect(fact(sections, 'Device and viewing', 'Pixels per degree (CSS)')).toContain('median 40.0');
    expect(sections.find(({ title }) => title === 'Screening')?.tables[0]?.rows).toEqual([
      ['r2 (simulated)', 'not finished']
    ]);
  });

  it('says what a run was asked, what is missing, and what was decided after a registration', () => {
    const sections = studyReport({
      ...empty,
      runs: [
        {
          observer: 'looker',
          simulated: false,
          control: 'random-answers',
          model: 'looker-1',
          strategy: 'standard',
          parameters: 'temperature 0',
          prompts: ['single v2 (abcdef01)'],
          outcomes: { ok: 6, refused: 1 },
          presentations: 8,
          tokensIn: 100,
          tokensOut: 9,
          cost: null
        }
      ],
      registration: {
        sha256: 'b'.repeat(64),
        at: '2026-01-01',
        by: 'me',
        later: [{ at: null, what: 'something else', departs: true }]
      }
    });
    expect(sections.find(({ title }) => title === 'Models')?.tables[0]?.rows).toEqual([
      [
        'looker (control: random-answers)',
        'looker-1, standard',
        'temperature 0',
        'single v2 (abcdef01)',
        '6 ok, 1 refused, 1 not answered',
        '100, 9',
        null
      ]
    ]);
    expect(fact(sections, 'Pre-registration', 'Pre-registration')).toBe(
      `pre-registered, hash ${'b'.repeat(64)}`
    );
    expect(sections.at(-1)?.tables[0]?.rows).toEqual([[null, 'something else', 'yes']]);
  });
});

describe('distributions', () => {
  it('are their median and ends, or what occurs; nothing for nothing', () => {
    expect(spread([3, 1, 2, 10])).toBe('median 3 (1 to 10), n = 4');
    expect(spread([1.5], 1)).toBe('median 1.5 (1.5 to 1.5), n = 1');
    expect(spread([])).toBeNull();
    expect(tally(['1', '2', '2'])).toBe('2 (2), 1 (1)');
    expect(tally([])).toBeNull();
  });
});
