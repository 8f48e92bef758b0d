import { describe, expect, it } from 'vitest';
import { PROBE_PRESETS, probeParts, probeProblem } from './probe.ts';

describe('a probe', () => {
  it('puts pictures where the prompt speaks of them, else before the words', () => {
    const [objects, describeIt] = PROBE_PRESETS;
    expect(probeParts(objects?.prompt ?? '', 2)).toEqual([
      { type: 'text', text: 'The first image is' },
      { type: 'image', picture: 0 },
      { type: 'text', text: '. The second image is' },
      { type: 'image', picture: 1 },
      { type: 'text', text: '. Please tell me the main object of two images, respectively.' }
    ]);
    expect(probeParts(describeIt?.prompt ?? '', 1)).toEqual([
      { type: 'image', picture: 0 },
      { type: 'text', text: 'Please describe this image.' }
    ]);
  });

  it('says what does not fit', () => {
    expect(probeProblem('A <ImageHere> B <ImageHere>', 3)).toContain('speaks of 2 pictures');
    expect(probeProblem('<ImageHere>', 1)).toContain('says nothing');
    expect(probeProblem('What is it?', 0)).toContain('at least one');
    expect(probeProblem('What are they?', 5)).toBeNull();
  });
});
