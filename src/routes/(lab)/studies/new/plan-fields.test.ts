import { describe, expect, it } from 'vitest';
import { defaultDesign } from '#lib/domain/study.ts';
import { designOf, fieldsOfStudy, planQuery, readPlanFields } from './plan-fields.ts';

const first = readPlanFields(new URLSearchParams('dataset=KADID'));

describe('readPlanFields', () => {
  it("starts from Wu et al.'s defaults", () => {
    const read = designOf(first);
    expect(read.ok && { ...read.design, scenario: 'no-reference', exemplars: [] }).toEqual(
      defaultDesign('single-stimulus', 'no-reference')
    );
  });

  it('takes an unticked box of a sent form for a no, and keeps exemplars in their order', () => {
    expect(first.ties).toBe(true);
    expect(readPlanFields(new URLSearchParams('sent=1')).ties).toBe(false);
    expect(readPlanFields(new URLSearchParams('exemplar=b&exemplar=a&exemplar=b')).exemplars).toEqual([
      'b',
      'a'
    ]);
  });

  it('reads back what its own address says', () => {
    const fields = {
      ...first,
      protocol: 'double-stimulus' as const,
      ties: false,
      bothOrders: true,
      exemplars: ['x/1.png', 'x & y.png'],
      instructions: 'Which is\nbetter?',
      longest: '8000'
    };
    expect(readPlanFields(planQuery(fields))).toEqual(fields);
    const typed = { ...fields, pairs: null, seed: 12, maxSide: null } as unknown as typeof fields;
    expect(readPlanFields(planQuery(typed))).toEqual({ ...fields, pairs: '', seed: '12', maxSide: '' });
  });
});

describe('fieldsOfStudy', () => {
  it('plans the same design again', () => {
    const design = {
      ...defaultDesign('multiple-stimulus', 'full-reference', 77),
      instructions: 'Order them.',
      trialsPerSession: 30,
      maxSidePx: 512,
      exemplars: [{ stimulusId: 'a.png', referenceId: 'r.png', quality: 40 }]
    };
    const fields = fieldsOfStudy({ address: 's@2', name: 's', dataset: 'd', subset: 'few', design });
    const read = designOf(fields);
    expect(read.ok && { ...read.design, scenario: design.scenario, exemplars: design.exemplars }).toEqual(
      design
    );
    expect(fields).toMatchObject({ from: 's@2', subset: 'few', exemplars: ['a.png'], exemplarsOf: 'r.png' });
  });
});

describe('designOf', () => {
  it('names each field that is no number', () => {
    const read = designOf({ ...first, seed: '1.5', pairs: '', maxSide: 'big' });
    expect(read).toEqual({
      ok: false,
      problem:
        'Pairs per image is a whole number, not "". The seed is a whole number, not "1.5". The longest side is a whole number, not "big".'
    });
  });
});
