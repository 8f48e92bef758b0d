import { describe, expect, it } from 'vitest';
import { readStimulusQuery } from './stimulus-query.ts';

const read = (query: string) => readStimulusQuery(new URLSearchParams(query));

describe('readStimulusQuery', () => {
  it('shows what is judged, by name, unless it is told otherwise', () => {
    expect(read('')).toEqual({
      filter: { kind: 'distorted' },
      kind: 'judged',
      sort: 'name',
      view: 'grid',
      subset: null,
      offset: 0
    });
  });

  it('reads filters, sort and place', () => {
    const query = read(
      'name=I0&kind=all&level=3&mos-from=1.5&mos-to=4&sigma-from=0&sigma-to=.9&content=I01&distortion=blur&sort=sigma-down&from=120'
    );
    expect(query.filter).toEqual({
      text: 'I0',
      level: 3,
      mosFrom: 1.5,
      mosTo: 4,
      sigmaFrom: 0,
      sigmaTo: 0.9,
      content: 'I01',
      distortion: 'blur'
    });
    expect(query.sort).toBe('sigma-down');
    expect(query.offset).toBe(120);
  });

  it('shows a subset in its own order', () => {
    expect(read('subset=difficult-150').sort).toBe('rank');
    expect(read('subset=difficult-150&sort=name').sort).toBe('name');
  });

  it('passes over what does not read', () => {
    const query = read('level=much&mos-from=&mos-to=Infinity&sort=drop&from=-3&view=cinema');
    expect(query.filter).toEqual({ kind: 'distorted' });
    expect(query).toMatchObject({ sort: 'name', view: 'grid', offset: 0 });
  });
});
