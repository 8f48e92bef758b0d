import { describe, expect, it } from 'vitest';
import { estimateRun, tokensPerPicture, type RunEstimateInput } from './run-estimate.ts';

const INPUT: RunEstimateInput = {
  trials: 750,
  repeats: 1,
  bothOrders: false,
  strategy: 'standard',
  parts: [
    { type: 'image', slot: { kind: 'test', index: 0 } },
    { type: 'image', slot: { kind: 'test', index: 1 } },
    { type: 'text', text: 'x'.repeat(400) }
  ],
  tokensPerPicture: 255,
  maxTokens: null,
  priceIn: 2.5,
  priceOut: 10,
  batch: false,
  concurrency: 8,
  requestsPerMinute: null
};

describe('the estimate of a run', () => {
  it('counts requests, pictures, tokens and money', () => {
    const estimate = estimateRun(INPUT);
    expect(estimate).toMatchObject({
      requests: 750,
      picturesPerRequest: 2,
      pictures: 1500,
      tokensIn: 750 * (100 + 2 * 255),
      tokensOut: 750 * 12,
      limitedBy: 'concurrency'
    });
    expect(estimate.cost).toBeCloseTo((457_500 * 2.5 + 9000 * 10) / 1e6, 10);
    expect(estimate.ms).toBeCloseTo((750 / 8) * 2000, 6);
  });

  it('counts batches at their own prices, or at half the others', () => {
    const each = estimateRun(INPUT).cost as number;
    expect(estimateRun({ ...INPUT, batch: true }).cost).toBeCloseTo(each / 2, 12);
    const own = estimateRun({ ...INPUT, batch: true, batchPriceIn: 1, batchPriceOut: null });
    expect(own.cost).toBeCloseTo((457_500 * 1 + 9000 * 5) / 1e6, 10);
    expect(estimateRun({ ...INPUT, batchPriceIn: 1 }).cost).toBe(each);
  });

  it('doubles for both orders, multiplies for repeats, and knows no price where none is given', () => {
    const estimate = estimateRun({ ...INPUT, bothOrders: true, repeats: 3, priceIn: null, priceOut: null });
    expect(estimate.requests).toBe(4500);
    expect(estimate.cost).toBeNull();
  });

  it('takes as long as the slower of answers and rate allows, and answers end at their limit', () => {
    const estimate = estimateRun({
      ...INPUT,
      strategy: 'chain-of-thought',
      maxTokens: 100,
      requestsPerMinute: 10
    });
    expect(estimate.tokensOut).toBe(75_000);
    expect(estimate.ms).toBe(75 * 60_000);
    expect(estimate.limitedBy).toBe('requests per minute');
  });
});

describe('tokens of a picture', () => {
  it('are 85 at low detail, and 170 more a tile of 512 pixels otherwise', () => {
    expect(tokensPerPicture(4000, 3000, 'low')).toBe(85);
    expect(tokensPerPicture(512, 384, null)).toBe(85 + 170);
    expect(tokensPerPicture(1024, 1024, 'high')).toBe(85 + 4 * 170);
    // 2048 × 4096 → 1024 × 2048 → 768 × 1536: two by three tiles, as in OpenAI's own example.
    expect(tokensPerPicture(2048, 4096, 'high')).toBe(1105);
  });
});
