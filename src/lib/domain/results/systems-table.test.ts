import { describe, expect, it } from 'vitest';
import { systemsTable, type SystemFigure } from './systems-table.ts';

function figure(more: Partial<SystemFigure>): SystemFigure {
  return {
    model: 'm',
    strategy: 'standard',
    protocol: 'single-stimulus',
    dataset: 'd',
    study: 's',
    sessionId: 1,
    simulated: false,
    srcc: 0.5,
    n: 10,
    references: null,
    missing: 0,
    complete: true,
    control: null,
    chance: 0.4,
    ...more
  };
}

describe('the table of prompting systems', () => {
  it('stands in the order of the slides, and marks the best of a dataset within a protocol', () => {
    const { datasets, sections } = systemsTable([
      figure({ protocol: 'double-stimulus', srcc: 0.99 }),
      figure({ strategy: 'chain-of-thought', srcc: 0.7 }),
      figure({ strategy: 'standard', srcc: 0.6 }),
      figure({ strategy: 'in-context', srcc: null, dataset: 'e' })
    ]);
    expect(datasets).toEqual(['d', 'e']);
    expect(sections.map(({ protocol, rows }) => [protocol, rows.map(({ strategy }) => strategy)])).toEqual([
      ['single-stimulus', ['standard', 'in-context', 'chain-of-thought']],
      ['double-stimulus', ['standard']]
    ]);
    const best = sections.map(({ rows }) => rows.map(({ cells }) => cells.map((cell) => cell?.best ?? null)));
    // One alone is not the best of anything.
    expect(best).toEqual([
      [
        [false, null],
        [null, false],
        [true, null]
      ],
      [[false, null]]
    ]);
  });

  it('shows the newest complete run of a system', () => {
    const { sections } = systemsTable([
      figure({ sessionId: 1, srcc: 0.9 }),
      figure({ sessionId: 2, srcc: 0.4 }),
      figure({ sessionId: 3, srcc: 0.8, complete: false })
    ]);
    expect(sections[0]?.rows[0]?.cells[0]?.figure.srcc).toBe(0.4);
  });
});

describe('the noise floor of the table', () => {
  it('keeps controls out of the systems and out of the rivals for best', () => {
    const table = systemsTable([
      figure({ model: 'a', srcc: 0.3 }),
      figure({ model: 'b', srcc: 0.2, sessionId: 2 }),
      figure({ model: 'a', srcc: 0.9, sessionId: 3, control: 'shuffled-images', chance: 0.5 })
    ]);
    const [section] = table.sections;
    expect(section?.rows.map((row) => [row.model, row.cells[0]?.best])).toEqual([
      ['a', true],
      ['b', false]
    ]);
    // The bound is of what is shown, not of a control's own study.
    expect(section?.floor).toMatchObject([{ chance: 0.4, controls: [{ sessionId: 3 }] }]);
  });
});
