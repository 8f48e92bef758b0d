import { describe, expect, it } from 'vitest';
import { splitRecord, splitRows, type Dimension } from './split-results.ts';
import { studyResults, type RunSettings, type StudyRecord } from './study-results.ts';

const SETTINGS: RunSettings = {
  model: 'm',
  readout: 'text',
  temperature: null,
  repeats: 1,
  bothOrders: false
};

/** Pairs over six stimuli of rising MOS, judged by runs that say by their pass whether the better one wins. */
function made(
  runs: { settings: Partial<RunSettings>; strategy?: string; right: (pass: number) => boolean }[]
): StudyRecord {
  const stimuli = [1, 2, 3, 4, 5, 6];
  const trials = stimuli.flatMap((a) =>
    stimuli
      .filter((b) => b > a)
      .map((b) => ({ id: 10 * a + b, role: 'test', stimuli: [a, b], referenceId: null }))
  );
  const record = {
    study: {
      name: 's',
      version: 1,
      designHash: '',
      design: {
        protocol: 'double-stimulus',
        scenario: 'no-reference',
        allowTies: true,
        scale: 'continuous-100'
      }
    },
    mosRange: null,
    mosDirection: 1,
    trials,
    stimuli: stimuli.map((id) => ({
      id,
      name: `${id}.png`,
      referenceId: null,
      sha256: '',
      distortion: null,
      level: null,
      mos: id,
      sigma: 1
    })),
    sessions: runs.map(({ settings, strategy = 'standard' }, i) => ({
      sessionId: i + 1,
      observer: `run ${i + 1}`,
      kind: 'model',
      door: 'model',
      strategy,
      state: 'completed',
      control: null,
      settings: { ...SETTINGS, ...settings },
      presentations: 0,
      outcomes: {}
    })),
    answers: runs.flatMap(({ settings, right }, i) => {
      const orders = settings.bothOrders ? 2 : 1;
      return Array.from({ length: (settings.repeats ?? 1) * orders }, (_, pass) =>
        trials.map(({ id }) => {
          const swapped = pass % orders === 1;
          return {
            sessionId: i + 1,
            trialId: id,
            pass,
            order: swapped ? [1, 0] : [0, 1],
            score: null,
            choice: right(pass) !== swapped ? 'second' : 'first',
            ranking: null
          };
        })
      ).flat();
    })
  };
  return record as unknown as StudyRecord;
}

const rowsOf = (record: StudyRecord, by: Dimension) => {
  const split = splitRecord(record, by);
  return splitRows(split, studyResults(split.record));
};

describe('splitting results', () => {
  it('parts a run’s repeats and orders by the pass', () => {
    // Two repeats in both orders: right in the first repeat only.
    const record = made([{ settings: { repeats: 2, bothOrders: true }, right: (pass) => pass < 2 }]);
    expect(rowsOf(record, 'repeat').map(({ level, srcc, usable }) => [level, srcc, usable])).toEqual([
      ['repeat 1', 1, 30],
      ['repeat 2', -1, 30]
    ]);
    // Right as planned, wrong when swapped: a model that always says the same side.
    const biased = made([{ settings: { bothOrders: true }, right: (pass) => pass === 0 }]);
    expect(rowsOf(biased, 'order').map(({ level, srcc }) => [level, srcc])).toEqual([
      ['as planned', 1],
      ['swapped', -1]
    ]);
  });

  it('leaves out runs without repeats or a second order', () => {
    const record = made([{ settings: {}, right: () => true }]);
    expect(rowsOf(record, 'repeat')).toEqual([]);
    expect(rowsOf(record, 'order')).toEqual([]);
  });

  it('puts runs together that differ by nothing but the dimension', () => {
    const record = made([
      { settings: { temperature: 1 }, right: () => false },
      { settings: { temperature: 0 }, strategy: 'chain-of-thought', right: () => true },
      { settings: { temperature: 0 }, right: () => true }
    ]);
    expect(
      rowsOf(record, 'temperature').map(({ group, level, sessionId }) => [group, level, sessionId])
    ).toEqual([
      ['m · chain-of-thought · text', 'T 0', 2],
      ['m · standard · text', 'T 0', 3],
      ['m · standard · text', 'T 1', 1]
    ]);
    expect(rowsOf(record, 'strategy').map(({ group, level }) => [group, level])).toEqual([
      ['m · text · T 0', 'chain-of-thought'],
      ['m · text · T 0', 'standard'],
      ['m · text · T 1', 'standard']
    ]);
  });
});
