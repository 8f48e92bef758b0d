import { describe, expect, it } from 'vitest';
import {
  defaultDesign,
  PROTOCOLS,
  SCENARIOS,
  STIMULI_PER_TRIAL,
  STRATEGIES,
  type Exemplar,
  type Protocol
} from '../study.ts';
import { parseJudgment } from '../judgments/parse.ts';
import { READOUTS } from '../observer.ts';
import { denseRanks } from '../response.ts';
import { seePrompt } from '../simulation/seen-prompt.ts';
import { syntheticText } from '../simulation/wording.ts';
import {
  composePrompt,
  promptProblem,
  PROMPT_VERSION,
  type ComposedPrompt,
  type PromptRequest
} from './compose.ts';

const QUALITIES = [62.4, 31, 31, 88.8];

function exemplarsFor(protocol: PromptRequest['protocol'], withReference: boolean): Exemplar[] {
  return QUALITIES.slice(0, STIMULI_PER_TRIAL[protocol]).map((quality, index) => ({
    stimulusId: `e${index}`,
    referenceId: withReference ? 'r' : null,
    quality
  }));
}

function request(
  protocol: PromptRequest['protocol'],
  strategy: PromptRequest['strategy'],
  scenario: PromptRequest['scenario'],
  rest: Partial<PromptRequest> = {}
): PromptRequest {
  const exemplars = exemplarsFor(protocol, scenario === 'full-reference');
  return {
    protocol,
    strategy,
    scenario,
    readout: 'text',
    design: { ...defaultDesign(protocol, scenario), exemplars },
    ...rest
  };
}

function everyPrompt(rest: Partial<PromptRequest> = {}): PromptRequest[] {
  return PROTOCOLS.flatMap((protocol) =>
    STRATEGIES.flatMap((strategy) => SCENARIOS.map((scenario) => request(protocol, strategy, scenario, rest)))
  );
}

function shown({ promptId, promptVersion, parts }: ComposedPrompt): string {
  const lines = parts.map((part) =>
    part.type === 'text' ? part.text : `<${part.slot.kind} ${part.slot.index}>`
  );
  return `## ${promptId} (version ${promptVersion})\n\n${lines.join('\n')}\n`;
}

function wordsOf(prompt: ComposedPrompt): string {
  return prompt.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

describe('the eighteen prompts', () => {
  it('read as they always did', async () => {
    const prompts = everyPrompt().map(composePrompt);
    expect(prompts).toHaveLength(18);
    expect(new Set(prompts.map(({ promptId }) => promptId)).size).toBe(18);
    await expect(prompts.map(shown).join('\n')).toMatchFileSnapshot('./eighteen-prompts.snapshot.md');
  });

  it('hold the words of the slides to the letter', () => {
    const terms =
      'in terms of structure and texture preservation, color and luminance reproduction, noise, contrast, sharpness, and any other low-level distortions.';
    const range = 'The score must range from 0 to 100, with a higher score denoting better image quality.';
    const pair = (one: string, other: string) =>
      `If you judge that the ${one} image has better quality than the ${other} image, output 1, if you judge that the ${other} image has better quality than the ${one} image, output 0, if you judge that two images have the same quality, output 2.`;
    const ranks =
      'The image with the lowest perceptual quality is ranked 0, and the image with the highest perceptual quality is ranked 3. If you judge that some distorted images have the same perceptual quality, their ranking can be the same.';
    const slides: Record<string, string> = {
      'single-stimulus/standard': `Please assign a perceptual quality score ${terms} ${range}`,
      'double-stimulus/standard': `Please assign a perceptual quality comparison result between the two images ${terms} ${pair('first', 'second')}`,
      'multiple-stimulus/standard': `Please assign a perceptual quality ranking result among four images ${terms} ${ranks}`,
      'single-stimulus/chain-of-thought': `Please first detail its perceptual quality ${terms} Then, based on the perceptual analysis of the given image, assign a quality score to the given image. ${range}`,
      'double-stimulus/chain-of-thought': `Please first detail their perceptual quality comparison ${terms} Then, based on the quality comparison analysis between them, assign a perceptual quality comparison result between the two images. ${pair('first', 'second')}`,
      'multiple-stimulus/chain-of-thought': `Please first detail their perceptual quality comparison ${terms} Then, based on the quality comparison analysis among them, please assign a perceptual quality ranking result among four images. ${ranks}`,
      'single-stimulus/in-context': `For the shown two images, the human perceptual quality score of the first image is 62. Now, based on the above example, please assign a perceptual quality score to the second image ${terms} ${range}`,
      'double-stimulus/in-context': `For the first two images (the first and the second images), the human perceptual quality comparison result is that the first image is of better quality than the second image. Now, based on the above example, please assign a perceptual quality comparison result between the second two images (the third and the fourth images) ${terms} ${pair('third', 'fourth')}`,
      'multiple-stimulus/in-context': `For the shown eight images, for the first four images (from the first to the fourth images), the human perceptual quality ranking result is [first: 2, second: 0, third: 0, fourth: 3]. Now, based on the above example, please assign a perceptual quality ranking result among the second four images (from the fifth to the eighth images) ${terms} ${ranks}`
    };
    for (const asked of everyPrompt()) {
      const words = wordsOf(composePrompt(asked));
      expect(words).toContain(slides[`${asked.protocol}/${asked.strategy}`]);
    }
  });

  it('show every picture once, demonstrations first, judged ones last, each behind its own reference', () => {
    for (const asked of everyPrompt()) {
      const size = STIMULI_PER_TRIAL[asked.protocol];
      const slots = composePrompt(asked).parts.flatMap((part) =>
        part.type === 'image' ? [`${part.slot.kind} ${part.slot.index}`] : []
      );
      const reference = asked.scenario === 'full-reference';
      const block = (kind: string, of: string) => [
        ...(reference ? [`${of} 0`] : []),
        ...Array.from({ length: size }, (_, index) => `${kind} ${index}`)
      ];
      expect(slots).toEqual([
        ...(asked.strategy === 'in-context' ? block('exemplar', 'exemplar-reference') : []),
        ...block('test', 'reference')
      ]);
    }
  });

  it('speak of references exactly where there are some, and number them as they are shown', () => {
    for (const asked of everyPrompt()) {
      const prompt = composePrompt(asked);
      const words = wordsOf(prompt);
      expect(words.includes('eference')).toBe(asked.scenario === 'full-reference');
      if (asked.scenario === 'no-reference') continue;
      const kinds = prompt.parts.flatMap((part) => (part.type === 'image' ? [part.slot.kind] : []));
      kinds.forEach((kind, index) => {
        if (!kind.endsWith('reference')) return;
        expect(words).toMatch(new RegExp(`image ${index + 1} of ${kinds.length} is the reference`, 'i'));
      });
    }
  });

  it('differ between readouts in the response format alone', () => {
    for (const text of everyPrompt()) {
      const plain = composePrompt(text);
      for (const readout of READOUTS) {
        if (promptProblem({ ...text, readout }) !== null) continue;
        const other = composePrompt({ ...text, readout });
        expect(other.parts.slice(0, -1)).toEqual(plain.parts.slice(0, -1));
        const question = (prompt: ComposedPrompt) =>
          wordsOf(prompt).split(/ Respond | Express the score /)[0];
        expect(question(other)).toBe(question(plain));
        expect(other.promptId).toBe(plain.promptId.replace('/text', `/${readout}`));
      }
    }
  });
});

describe('composePrompt', () => {
  it('leaves out what is said of ties where there are none', () => {
    for (const asked of everyPrompt()) {
      const exemplars = asked.design.exemplars.map((exemplar, index) => ({
        ...exemplar,
        quality: 20 * index
      }));
      const prompt = composePrompt({ ...asked, design: { ...asked.design, exemplars, allowTies: false } });
      expect(wordsOf(prompt)).not.toMatch(/same|output 2|or 2/);
      expect(prompt.promptId.endsWith('/no-ties')).toBe(asked.protocol !== 'single-stimulus');
    }
  });

  it('fills in what people said of the exemplars', () => {
    const words = (qualities: number[], protocol: PromptRequest['protocol']) => {
      const exemplars = qualities.map((quality, index) => ({
        stimulusId: `e${index}`,
        referenceId: null,
        quality
      }));
      return wordsOf(composePrompt(request(protocol, 'in-context', 'no-reference', { exemplars })));
    };
    expect(words([49.5], 'single-stimulus')).toContain('score of the first image is 50.');
    expect(words([20, 60], 'double-stimulus')).toContain(
      'the second image is of better quality than the first image.'
    );
    expect(words([60, 60], 'double-stimulus')).toContain(
      'the first image and the second image are of the same quality.'
    );
    expect(words([20, 60, 40, 0], 'multiple-stimulus')).toContain(
      '[first: 1, second: 3, third: 2, fourth: 0]'
    );
  });

  it('names the attributes that the study names', () => {
    const design = {
      ...defaultDesign('single-stimulus', 'no-reference'),
      attributes: ['texture similarity']
    };
    const prompt = composePrompt(request('single-stimulus', 'standard', 'no-reference', { design }));
    expect(wordsOf(prompt)).toContain('in terms of texture similarity. The score');
  });

  it('asks for closed schemas that name every field, descriptions before scores', () => {
    for (const asked of everyPrompt({ readout: 'json' })) {
      const { responseFormat } = composePrompt(asked);
      if (responseFormat.kind !== 'json-schema') throw new Error('no schema');
      const schema = responseFormat.schema as {
        properties: Record<string, unknown>;
        required: string[];
        additionalProperties: boolean;
      };
      expect(schema.additionalProperties).toBe(false);
      expect(schema.required).toEqual(Object.keys(schema.properties));
      const judgment = asked.protocol === 'multiple-stimulus' ? 'ranks' : 'score';
      expect(schema.required).toEqual(
        asked.strategy === 'chain-of-thought' ? ['description', judgment] : [judgment]
      );
    }
  });

  it('weighs five adjectives from 100 to 0, or the codes that are allowed', () => {
    const asked = (protocol: PromptRequest['protocol'], allowTies: boolean) => {
      const { responseFormat } = composePrompt(
        request(protocol, 'standard', 'no-reference', {
          readout: 'logprobs',
          design: { ...defaultDesign(protocol, 'no-reference'), allowTies }
        })
      );
      return responseFormat.kind === 'logprobs'
        ? responseFormat.alternatives.map(({ text, value }) => `${text} ${value}`)
        : [];
    };
    expect(asked('single-stimulus', true)).toEqual([
      'excellent 100',
      'good 75',
      'fair 50',
      'poor 25',
      'bad 0'
    ]);
    expect(asked('double-stimulus', true)).toEqual(['1 1', '0 0', '2 2']);
    expect(asked('double-stimulus', false)).toEqual(['1 1', '0 0']);
  });

  it('takes a researcher’s edited text under its own name, over the same images', () => {
    const asked = request('double-stimulus', 'standard', 'full-reference');
    const edited = { id: 'ours/pairs', version: 3, text: 'Which one? Score: 1, 0 or 2.' };
    const prompt = composePrompt({ ...asked, edited });
    expect([prompt.promptId, prompt.promptVersion]).toEqual(['ours/pairs', 3]);
    expect(prompt.parts.at(-1)).toEqual({ type: 'text', text: edited.text });
    expect(prompt.parts.slice(0, -1)).toEqual(composePrompt(asked).parts.slice(0, -1));
    expect(composePrompt(asked).promptVersion).toBe(PROMPT_VERSION);
  });
});

describe('promptProblem', () => {
  it('names what is missing, and composing then throws the same', () => {
    const cases: [PromptRequest, string][] = [
      [
        request('multiple-stimulus', 'standard', 'no-reference', { readout: 'logprobs' }),
        'cannot be read from token probabilities'
      ],
      [
        request('double-stimulus', 'in-context', 'no-reference', { exemplars: [] }),
        '2 exemplars for double-stimulus, and the study has 0'
      ],
      [
        request('single-stimulus', 'in-context', 'full-reference', {
          exemplars: exemplarsFor('single-stimulus', false)
        }),
        'needs its own reference'
      ],
      [
        request('multiple-stimulus', 'in-context', 'no-reference', {
          design: { ...defaultDesign('multiple-stimulus', 'no-reference'), allowTies: false },
          exemplars: exemplarsFor('multiple-stimulus', false)
        }),
        'allows no ties'
      ]
    ];
    for (const [asked, words] of cases) {
      expect(promptProblem(asked)).toContain(words);
      expect(() => composePrompt(asked)).toThrow(words);
    }
    for (const asked of everyPrompt()) expect(promptProblem(asked)).toBeNull();
  });

  it.each([2, 3, 5, 6] as const)(
    'asks for groups of %i in the same words, and reads what they ask for',
    (groupSize) => {
      const words = { 2: 'two', 3: 'three', 5: 'five', 6: 'six' }[groupSize];
      const double = { 2: 'four', 3: 'six', 5: 'ten', 6: 'twelve' }[groupSize];
      const exemplars = Array.from({ length: groupSize }, (_, index) => ({
        stimulusId: `e${index}`,
        referenceId: 'r',
        quality: 90 - 10 * index
      }));
      for (const scenario of SCENARIOS) {
        for (const strategy of STRATEGIES) {
          const design = { ...defaultDesign('multiple-stimulus', scenario), groupSize, exemplars };
          const prompt = composePrompt({
            protocol: 'multiple-stimulus',
            strategy,
            scenario,
            readout: 'json',
            design
          });
          const text = prompt.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(' ');
          expect(text).toContain(
            strategy === 'in-context' ? `the shown ${double} images` : `among ${words} images`
          );
          expect(text).toContain(`is ranked ${groupSize - 1}.`);
          expect(text).not.toContain('undefined');
          expect(prompt.promptId).toContain(`groups-of-${groupSize}`);
          const shown = strategy === 'in-context' ? 2 : 1;
          expect(prompt.parts.filter(({ type }) => type === 'image')).toHaveLength(
            shown * groupSize + (scenario === 'full-reference' ? shown : 0)
          );
          const ranks = Array.from({ length: groupSize }, (_, index) => (index * 2 + 1) % groupSize);
          for (const readout of ['text', 'json'] as const) {
            const answer = { kind: 'ranking' as const, ranks: denseRanks(ranks) };
            const judgment = parseJudgment({
              protocol: 'multiple-stimulus',
              strategy,
              readout,
              allowTies: true,
              groupSize,
              text: syntheticText(answer, 'multiple-stimulus', strategy, readout),
              refusal: null,
              finishReason: 'stop'
            });
            expect(judgment).toEqual({ outcome: 'ok', answer });
          }
          const seen = seePrompt(
            text,
            Array.from({ length: 2 * groupSize }, (_, index) => `i${index}`),
            'text'
          );
          expect(seen?.judged).toHaveLength(groupSize);
        }
      }
      expect(
        parseJudgment({
          protocol: 'multiple-stimulus',
          readout: 'text',
          allowTies: true,
          groupSize,
          text: `Score: [${Array.from({ length: groupSize + 1 }, (_, rank) => rank).join(', ')}]`,
          refusal: null,
          finishReason: 'stop'
        })
      ).toMatchObject({
        outcome: 'unparseable',
        reason: expect.stringContaining(`where ${words} are asked for`) as string
      });
    }
  );

  it('asks no model on a scale that is for people alone, and says why', () => {
    const request = (protocol: Protocol, design: object) => ({
      protocol,
      strategy: 'standard' as const,
      scenario: 'full-reference' as const,
      readout: 'text' as const,
      design: { ...defaultDesign(protocol, 'full-reference'), ...design }
    });
    expect(promptProblem(request('single-stimulus', { scale: 'dcr-5' }))).toContain('people alone');
    // Grades go to 0–100, and a graded comparison keeps its sign: there the standard prompts ask for the same.
    expect(promptProblem(request('single-stimulus', { scale: 'acr-9' }))).toBeNull();
    expect(promptProblem(request('double-stimulus', { scale: 'ccr-7' }))).toBeNull();
    expect(composePrompt(request('double-stimulus', { scale: 'ccr-7' })).promptId).toBe(
      'double-stimulus/standard/fr/text'
    );
  });
});
