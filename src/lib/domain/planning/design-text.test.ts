import { describe, expect, it } from 'vitest';
import { defaultDesign, type StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { canonicalJson, designText } from './design-text.ts';

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves lists as they are', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x"\n' }, 2.5, true] })).toBe(
      '{"a":[{"c":"x\\"\\n","d":null},2.5,true],"b":1}'
    );
  });

  it('throws on what JSON cannot hold', () => {
    for (const value of [undefined, Number.NaN, Infinity, () => 1, { a: undefined }]) {
      expect(() => canonicalJson(value)).toThrow('JSON has no');
    }
  });
});

describe('designText', () => {
  const design: StudyDesign = {
    ...defaultDesign('double-stimulus', 'full-reference'),
    exemplars: [
      { stimulusId: '5', referenceId: '9', quality: 10 },
      { stimulusId: '6', referenceId: '9', quality: 20 }
    ]
  };
  const trials: PlannedTrial[] = [
    { role: 'training', stimuli: ['5', '6'], referenceId: '9' },
    { role: 'test', stimuli: ['2', '1'], referenceId: '9' }
  ];
  const hashes: Record<string, string> = { '1': 'BB', '2': 'aa', '5': 'ee', '6': 'dd', '9': 'cc' };
  const text = designText({ design, trials, sha256Of: (id) => hashes[id] as string });

  it('names stimuli by content: other ids over the same images give the same text', () => {
    const renamed = (id: string) => `x${9 - Number(id)}`;
    const again = designText({
      design: {
        ...design,
        exemplars: design.exemplars.map((exemplar) => ({
          ...exemplar,
          stimulusId: renamed(exemplar.stimulusId),
          referenceId: renamed(exemplar.referenceId as string)
        }))
      },
      trials: trials.map((trial) => ({
        ...trial,
        stimuli: trial.stimuli.map(renamed),
        referenceId: renamed(trial.referenceId as string)
      })),
      sha256Of: (id) => hashes[String(9 - Number(id.slice(1)))] as string
    });
    expect(again).toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      stimuli: ['aa', 'bb', 'cc', 'dd', 'ee'],
      trials: [
        { stimuli: [4, 3], reference: 2 },
        { stimuli: [0, 1], reference: 2 }
      ],
      design: { exemplars: [{ stimulus: 4, reference: 2, quality: 10 }, { stimulus: 3 }] }
    });
  });

  it('differs for any change of the design, an image, or a trial', () => {
    const other = (change: Partial<StudyDesign>) =>
      designText({ design: { ...design, ...change }, trials, sha256Of: (id) => hashes[id] as string });
    const texts = [
      text,
      other({ allowTies: false }),
      other({ instructions: 'Look.' }),
      other({ seed: 2 }),
      other({ fitPolicy: 'scroll' }),
      designText({ design, trials, sha256Of: (id) => (id === '1' ? 'ff' : (hashes[id] as string)) }),
      designText({ design, trials: trials.slice(0, 1), sha256Of: (id) => hashes[id] as string }),
      designText({
        design,
        trials: [trials[0] as PlannedTrial, { role: 'test', stimuli: ['1', '2'], referenceId: '9' }],
        sha256Of: (id) => hashes[id] as string
      })
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
