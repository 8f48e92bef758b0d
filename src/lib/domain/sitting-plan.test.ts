import { describe, expect, it } from 'vitest';
import {
  blindSpotDistance,
  nextStep,
  pixelsPerDegree,
  readQuestions,
  sittingProblems,
  writeQuestions
} from './sitting-plan.ts';

describe('the steps of a sitting', () => {
  const plan = {
    before: readQuestions('Your age | number'),
    after: readQuestions('Anything to add?'),
    checks: ['screen-size', 'colour'] as const
  };

  it('come in their order, each once, those after the trials apart', () => {
    expect(nextStep(undefined, null, 'before')).toBeNull();
    expect(nextStep(plan, null, 'before')).toBe('questions-before');
    expect(nextStep(plan, { 'questions-before': {} }, 'before')).toBe('screen-size');
    expect(nextStep(plan, { 'questions-before': {}, 'screen-size': {} }, 'before')).toBe('colour');
    expect(nextStep(plan, { 'questions-before': {}, 'screen-size': {}, colour: {} }, 'before')).toBeNull();
    expect(nextStep(plan, {}, 'after')).toBe('questions-after');
    expect(nextStep(plan, { 'questions-after': {} }, 'after')).toBeNull();
  });

  it('have questions that are written a line each', () => {
    const text = 'Your age | number\nDo you wear glasses? | yes / no / sometimes\nAnything to add?';
    const questions = readQuestions(text);
    expect(questions.map(({ kind }) => kind)).toEqual(['number', 'choice', 'text']);
    expect(questions[1]?.choices).toEqual(['yes', 'no', 'sometimes']);
    expect(writeQuestions(questions)).toBe(text);
    expect(readQuestions(' \n\n')).toEqual([]);
  });

  it('are refused by name where they cannot be', () => {
    expect(sittingProblems(plan)).toEqual([]);
    expect(sittingProblems({ before: readQuestions('Left or right? | left') }).join()).toContain(
      'two choices'
    );
    expect(sittingProblems({ before: readQuestions('| number') }).join()).toContain('no text');
    expect(sittingProblems({ checks: ['distance'] }).join()).toContain('size is known');
    expect(sittingProblems({ blockTrials: 0 }).join()).toContain('block');
  });
});

describe('the viewing distance', () => {
  it('is that from which the dot was seen to vanish, whatever one slip says', () => {
    // 600 mm away, 3 px per mm: the blind spot is 600·tan(13.5°) = 144.05 mm off.
    const px = 600 * Math.tan((13.5 * Math.PI) / 180) * 3;
    expect(blindSpotDistance([px, px + 3, px - 3, 5000, px], 3)).toBeCloseTo(600, 6);
    expect(blindSpotDistance([px - 10, px + 10], 3)).toBeCloseTo(600, 6);
    expect(blindSpotDistance([], 3)).toBeNull();
    expect(blindSpotDistance([px], 0)).toBeNull();
  });

  it('gives pixels per degree', () => {
    // At 57.3 cm a degree is about a centimetre.
    expect(pixelsPerDegree(573, 4)).toBeCloseTo(40, 1);
  });
});
