import { describe, expect, it } from 'vitest';
import { defaultDesign, PROTOCOLS, SCENARIOS } from '../study.ts';
import { scalesFor } from '../scales.ts';
import { instructionsIn, preferredLanguage, wordsIn } from './language.ts';
import { LANGUAGES } from './words.ts';

describe('preferredLanguage', () => {
  it('takes the best of the browser’s languages that there is', () => {
    expect(preferredLanguage('zh-CN,zh;q=0.9,en;q=0.8')).toBe('zh');
    expect(preferredLanguage('de-AT,de;q=0.9,zh-Hant-TW;q=0.4,en;q=0.3')).toBe('zh');
    expect(preferredLanguage('zh;q=0, en;q=0.1')).toBe('en');
    expect(preferredLanguage('en;q=0.5, ZH')).toBe('zh');
    for (const none of [null, '', 'ar', '*', ';;,', 'zh;q=nonsense;q=0']) {
      expect(preferredLanguage(none)).toBe('en');
    }
  });
});

describe('the catalogue', () => {
  /** Every text of a language, functions called with something of each kind. */
  function texts(value: unknown, path: string): [string, string][] {
    if (typeof value === 'string') return [[path, value]];
    if (Array.isArray(value)) return value.flatMap((one, index) => texts(one, `${path}.${index}`));
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value).flatMap(([key, one]) => texts(one, `${path}.${key}`));
    }
    return [];
  }

  it('has no empty text, and none in Chinese that was left in English', () => {
    const english = new Map(texts(wordsIn.en, ''));
    for (const [path, text] of texts({ ...wordsIn.zh, dir: '左' }, '')) {
      expect([path, text.trim()]).not.toEqual([path, '']);
      expect([path, text]).not.toEqual([path, english.get(path)]);
    }
  });

  it('asks every question of every protocol, scale and scenario, in every language', () => {
    for (const language of LANGUAGES) {
      const questions = new Set<string>();
      for (const protocol of PROTOCOLS) {
        for (const scenario of SCENARIOS) {
          for (const scale of scalesFor(protocol, scenario)) {
            const design = { ...defaultDesign(protocol, scenario), scale };
            const fullReference = scenario === 'full-reference';
            questions.add(wordsIn[language].question(design));
            expect(wordsIn[language].trial.task({ ...design, fullReference })).not.toBe('');
            expect(wordsIn[language].keys.list({ ...design, fullReference }).length).toBeGreaterThan(3);
          }
        }
      }
      // Single: 3 and 4 scales; pairs: 2 and 2; groups: 1 and 1.
      expect(questions.size).toBe(13);
    }
  });

  it('translates the standard question and leaves a study’s own words alone', () => {
    const design = defaultDesign('single-stimulus', 'no-reference');
    expect(instructionsIn('zh', design)).toContain('噪声');
    const frozen = { ...design, instructions: wordsIn.en.question(design) };
    expect(instructionsIn('zh', frozen)).toBe(wordsIn.zh.question(design));
    expect(instructionsIn('en', frozen)).toBe(frozen.instructions);
    expect(instructionsIn('zh', { ...design, instructions: 'Look at the sky.' })).toBe('Look at the sky.');
    expect(wordsIn.zh.question({ ...design, attributes: ['bokeh'] })).toContain('请根据bokeh');
  });
});
