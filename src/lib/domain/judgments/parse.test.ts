import { describe, expect, it } from 'vitest';
import { PARSE_CORPUS, type CorpusEntry } from '../../../../tests/fixtures/parse-corpus.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { parseJudgment, type Completion } from './parse.ts';

function completion(entry: Partial<Completion> & Pick<Completion, 'protocol' | 'text'>): Completion {
  return { readout: 'text', finishReason: 'stop', refusal: null, allowTies: true, ...entry };
}

function read(entry: CorpusEntry): CorpusEntry['expected'] {
  const { expected: _, ...rest } = entry;
  const judgment = parseJudgment(completion(rest));
  if (judgment.outcome !== 'ok') {
    expect(judgment.reason).not.toBe('');
    return judgment.outcome;
  }
  const { answer } = judgment;
  if (answer.kind === 'score') return answer.score;
  return answer.kind === 'choice' ? answer.choice : answer.ranks;
}

describe('parseJudgment over the corpus', () => {
  for (const protocol of ['single-stimulus', 'double-stimulus', 'multiple-stimulus'] as const) {
    const entries = PARSE_CORPUS.filter((entry) => entry.protocol === protocol);
    it.each(entries.map((entry) => [JSON.stringify(entry.text).slice(0, 90), entry] as const))(
      `${protocol}: %s`,
      (_, entry) => {
        expect(read(entry)).toEqual(entry.expected);
      }
    );
  }

  it('holds at least 120 different answers', () => {
    const different = new Set(PARSE_CORPUS.map((entry) => JSON.stringify(entry)));
    expect(different.size).toBe(PARSE_CORPUS.length);
    expect(different.size).toBeGreaterThanOrEqual(120);
  });
});

describe('parseJudgment', () => {
  it('reads every whole score in every common dress, and no other', () => {
    const dresses: ((score: number) => string)[] = [
      (score) => `Score: ${score}`,
      (score) => `**Score:** ${score}/100`,
      (score) => `Description: 3 of 4 edges are soft.\nScore: ${score}.`,
      (score) => `{"score": ${score}}`,
      (score) => String(score)
    ];
    for (const dress of dresses) {
      for (let score = -20; score <= 130; score++) {
        const judgment = parseJudgment(completion({ protocol: 'single-stimulus', text: dress(score) }));
        if (score < 0 || score > 100)
          expect([dress(score), judgment.outcome]).toEqual([dress(score), 'out-of-range']);
        else
          expect([dress(score), judgment]).toMatchObject([dress(score), { answer: { score, raw: score } }]);
      }
    }
  });

  it('reads every ranking with ties, named or listed, as dense ranks', () => {
    for (let code = 0; code < 256; code++) {
      const ranks = [code & 3, (code >> 2) & 3, (code >> 4) & 3, code >> 6];
      const levels = [...new Set(ranks)].sort();
      const dense = ranks.map((rank) => levels.indexOf(rank));
      const named = `Score: [first: ${ranks[0]}, second: ${ranks[1]}, third: ${ranks[2]}, fourth: ${ranks[3]}]`;
      for (const text of [named, `Score: [${ranks.join(', ')}]`]) {
        const free = parseJudgment(completion({ protocol: 'multiple-stimulus', text }));
        expect(free).toEqual({ outcome: 'ok', answer: { kind: 'ranking', ranks: dense } });
        const strict = parseJudgment(completion({ protocol: 'multiple-stimulus', text, allowTies: false }));
        expect(strict.outcome).toBe(levels.length === 4 ? 'ok' : 'out-of-range');
      }
    }
  });

  it('never throws and never invents: mangled answers are read as the whole one or not at all', () => {
    const random = seededRandom(1);
    const pieces = [
      'Score',
      ':',
      ' ',
      '\n',
      '85',
      '.',
      '-',
      '/',
      '100',
      '[',
      ']',
      '{',
      '}',
      '"',
      '|',
      '*',
      '<think>',
      '</think>',
      'first',
      ',',
      '1',
      '０',
      'of',
      "I can't"
    ];
    for (let i = 0; i < 4000; i++) {
      const text = Array.from(
        { length: random.integer(14) },
        () => pieces[random.integer(pieces.length)]
      ).join('');
      for (const protocol of ['single-stimulus', 'double-stimulus', 'multiple-stimulus'] as const) {
        for (const finishReason of ['stop', 'length', null]) {
          const judgment = parseJudgment(completion({ protocol, text, finishReason }));
          if (judgment.outcome !== 'ok') continue;
          const { answer } = judgment;
          if (answer.kind !== 'score') continue;
          expect(text).toMatch(/\d|０/);
          expect(answer.score).toBeGreaterThanOrEqual(0);
          expect(answer.score).toBeLessThanOrEqual(100);
        }
      }
    }
  });

  it('takes no cut number for a whole one, wherever the cut falls', () => {
    const whole = 'Description: soft, with 3 blocks.\nScore: 85\nDone';
    for (let length = 1; length < whole.length; length++) {
      const judgment = parseJudgment(
        completion({ protocol: 'single-stimulus', text: whole.slice(0, length), finishReason: 'length' })
      );
      if (length <= whole.indexOf('85') + 2)
        expect([length, judgment.outcome]).toEqual([length, 'truncated']);
      else expect(judgment).toMatchObject({ outcome: 'ok', answer: { score: 85 } });
    }
  });
});

describe('parseJudgment from token probabilities', () => {
  const token = (text: string, top: Record<string, number>) => ({
    token: text,
    logprob: Math.log(top[text] ?? 1e-9),
    top: Object.entries(top).map(([name, p]) => ({ token: name, logprob: Math.log(p) }))
  });
  const words = { Good: 0.5, ' fair': 0.2, excellent: 0.1, Ex: 0.1, The: 0.1 };

  it('weighs the adjectives: Σ p·value / Σ p, whole words and beginnings alike', () => {
    const judgment = parseJudgment(
      completion({
        protocol: 'single-stimulus',
        readout: 'logprobs',
        text: 'Good',
        logprobs: [token('Good', words)]
      })
    );
    expect(judgment.outcome).toBe('ok');
    if (judgment.outcome !== 'ok' || judgment.answer.kind !== 'score') throw new Error('no score');
    expect(judgment.answer.score).toBeCloseTo((0.5 * 75 + 0.2 * 50 + 0.2 * 100) / 0.9, 9);
    expect(judgment.confidence?.capturedMass).toBeCloseTo(0.9, 9);
    expect(judgment.confidence?.probabilities.good).toBeCloseTo(0.5 / 0.9, 9);
  });

  it('finds the answer behind a description, where a digit or an adjective before it means nothing', () => {
    const filler = (text: string) => token(text, { [text]: 1 });
    const logprobs = [
      ...['Description', ':', ' good', ' 1', ' poor', '\n', 'Score', ':', ' '].map(filler),
      token('0', { '0': 0.7, '1': 0.2, '2': 0.05, '3': 0.05 })
    ];
    const text = logprobs.map((entry) => entry.token).join('');
    const judgment = parseJudgment(
      completion({ protocol: 'double-stimulus', readout: 'logprobs', text, logprobs })
    );
    expect(judgment).toMatchObject({ outcome: 'ok', answer: { choice: 'second' } });
    if (judgment.outcome !== 'ok') throw new Error('no answer');
    expect(judgment.confidence?.probabilities['0']).toBeCloseTo(0.7 / 0.95, 9);
  });

  it('leaves 2 out where ties are not allowed', () => {
    const logprobs = [token('2', { '2': 0.4, '1': 0.35, '0': 0.25 })];
    const ask = (allowTies: boolean) =>
      parseJudgment(
        completion({ protocol: 'double-stimulus', readout: 'logprobs', text: '2', logprobs, allowTies })
      );
    expect(ask(true)).toMatchObject({ answer: { choice: 'same' } });
    expect(ask(false)).toMatchObject({ answer: { choice: 'first' }, confidence: { capturedMass: 0.6 } });
  });

  it('is missing below the threshold, without probabilities, on a tie, for rankings, and on a refusal', () => {
    const ask = (rest: Partial<Completion>) =>
      parseJudgment(completion({ protocol: 'single-stimulus', readout: 'logprobs', text: 'Good', ...rest }));
    const logprobs = [token('The', { The: 0.6, good: 0.3, Good: 0.05 })];
    expect(ask({ logprobs })).toMatchObject({
      outcome: 'unparseable',
      reason: expect.stringContaining('35.0 %') as string
    });
    expect(ask({ logprobs, massThreshold: 0.3 }).outcome).toBe('ok');
    expect(ask({ logprobs: null }).outcome).toBe('unparseable');
    expect(ask({ logprobs: [] }).outcome).toBe('unparseable');
    expect(ask({ logprobs: [{ token: 'good', logprob: Number.NaN, top: [] }] }).outcome).toBe('unparseable');
    expect(ask({ protocol: 'multiple-stimulus', logprobs }).outcome).toBe('unparseable');
    expect(ask({ logprobs, text: "I'm sorry, I can't rate this image." }).outcome).toBe('refused');
    const even = [token('1', { '1': 0.5, '0': 0.5 })];
    expect(ask({ protocol: 'double-stimulus', logprobs: even, text: '1' }).outcome).toBe('unparseable');
  });
});
