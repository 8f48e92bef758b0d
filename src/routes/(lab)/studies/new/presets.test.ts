import { describe, expect, it } from 'vitest';
import { PRESETS, presetFields } from '#lib/domain/planning/presets.ts';
import { scalesFor } from '#lib/domain/scales.ts';
import { designProblems, SCENARIOS } from '#lib/domain/study.ts';
import { designOf, readPlanFields } from './plan-fields.ts';

describe('every preset', () => {
  for (const preset of PRESETS) {
    it(`${preset.name} fills the form with exactly its design, and that design can exist`, () => {
      const read = designOf(readPlanFields(new URLSearchParams(presetFields(preset))));
      if (!read.ok) throw new Error(read.problem);
      const { referencePlace, intervalMs, ...design } = preset.design;
      expect(read.design).toMatchObject(design);
      expect(read.design.intervalMs ?? 500).toBe(intervalMs);
      expect(read.design.referencePlace ?? 'auto').toBe(referencePlace);
      for (const scenario of preset.scenario === null ? SCENARIOS : [preset.scenario]) {
        expect(designProblems({ ...read.design, scenario, exemplars: [] })).toEqual([]);
        expect(scalesFor(design.protocol, scenario)).toContain(design.scale);
      }
      expect(preset.follows.length).toBeGreaterThan(0);
      expect(preset.departs.length).toBeGreaterThan(0);
    });
  }

  it('has an address of its own', () => {
    expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length);
  });
});
