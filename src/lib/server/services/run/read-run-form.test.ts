import { describe, expect, it } from 'vitest';
import { readRunForm, readTemperatures } from './read-run-form.ts';

const form = (fields: [string, string][]) => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
};

describe('a run’s form', () => {
  it('makes a run of every strategy at every temperature', () => {
    const options = readRunForm(
      form([
        ['baseUrl', 'http://localhost:1/v1'],
        ['model', 'm'],
        ['strategy', 'standard'],
        ['strategy', 'chain-of-thought'],
        ['temperature', '0; 0,5 1'],
        ['replay', 'on']
      ]),
      's'
    );
    expect(options.map(({ strategy, temperature }) => [strategy, temperature])).toEqual([
      ['standard', 0],
      ['standard', 0.5],
      ['standard', 1],
      ['chain-of-thought', 0],
      ['chain-of-thought', 0.5],
      ['chain-of-thought', 1]
    ]);
    expect(options.every(({ replay, control }) => replay && control === null)).toBe(true);
  });

  it('reads temperatures as people write them, and refuses what is none', () => {
    expect(readTemperatures('')).toEqual([null]);
    expect(readTemperatures('0.7')).toEqual([0.7]);
    expect(readTemperatures('0, 0.5, 1')).toEqual([0, 0.5, 1]);
    expect(() => readTemperatures('warm')).toThrow(/"warm"/);
    expect(() => readTemperatures('1 0 1')).toThrow(/twice/);
  });

  it('refuses a control that there is not', () => {
    expect(() => readRunForm(form([['control', 'wishful']]), 's')).toThrow(/wishful/);
  });
});
