import { describe, expect, it } from 'vitest';
import { defaultDesign, designProblems, type Protocol, type Scenario, type StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { readGold, readNamedTrials, writeGold, writeNamedTrials } from '../extra-trials.ts';
import { designShapeProblems } from '../read-design.ts';
import { planExtra, planTraps, type RatedStimulus } from './plan-extra.ts';

const rated = (
  count: number,
  scenario: Scenario = 'no-reference',
  judged = (index: number) => index % 2 === 0
) =>
  Array.from({ length: count }, (_, index): RatedStimulus => ({
    id: `s${index}`,
    referenceId: scenario === 'full-reference' ? `r${index % 3}` : null,
    quality: (100 * index) / (count - 1),
    judged: judged(index)
  }));
const qualityOf = (id: string, count: number) => (100 * Number(id.slice(1))) / (count - 1);

function plan(
  protocol: Protocol,
  extra: Pick<StudyDesign, 'training' | 'gold'>,
  stimuli: readonly RatedStimulus[],
  scenario: Scenario = 'no-reference',
  seed = 1
) {
  return planExtra({ design: { ...defaultDesign(protocol, scenario), ...extra }, stimuli, seed });
}
function planned(...given: Parameters<typeof plan>) {
  const made = plan(...given);
  if (!made.ok) throw new Error(made.reason);
  return made;
}

describe('training by the lab', () => {
  it('spreads evenly over the range of what is judged, both ends among it, the same for the same seed', () => {
    const stimuli = rated(101);
    const { training } = planned('single-stimulus', { training: { spread: 5 } }, stimuli);
    const qualities = training.map(({ stimuli: [id] }) => qualityOf(id as string, 101)).sort((a, b) => a - b);
    [0, 25, 50, 75, 100].forEach((target, index) =>
      expect(Math.abs((qualities[index] as number) - target)).toBeLessThanOrEqual(1)
    );
    // What nobody judges is as near, and is taken.
    expect(training.every(({ stimuli: [id] }) => Number(id?.slice(1)) % 2 === 1)).toBe(true);
    expect(training.every(({ role }) => role === 'training')).toBe(true);
    expect(planned('single-stimulus', { training: { spread: 5 } }, stimuli)).toEqual({
      ok: true,
      training,
      gold: []
    });
    expect(planned('single-stimulus', { training: { spread: 5 } }, stimuli, 'no-reference', 2)).not.toEqual(
      planned('single-stimulus', { training: { spread: 5 } }, stimuli)
    );
  });

  it.each(['double-stimulus', 'multiple-stimulus'] as const)(
    'spans the range in its first %s trial and keeps references apart',
    (protocol) => {
      for (const scenario of ['no-reference', 'full-reference'] as const) {
        const { training } = planned(protocol, { training: { spread: 4 } }, rated(60, scenario), scenario);
        expect(training).toHaveLength(4);
        const spans = training.map(({ stimuli, referenceId }) => {
          expect(new Set(stimuli).size).toBe(stimuli.length);
          for (const id of stimuli) {
            expect(referenceId).toBe(scenario === 'full-reference' ? `r${Number(id.slice(1)) % 3}` : null);
          }
          const own = stimuli.map((id) => qualityOf(id, 60));
          return Math.max(...own) - Math.min(...own);
        });
        expect(Math.max(...spans)).toBeGreaterThan(90);
        expect(Math.min(...spans)).toBeLessThan(40);
      }
    }
  );

  it('draws at random where no MOS is known, and tells what others gave only where it is', () => {
    const blank = rated(20).map((one) => ({ ...one, quality: null }));
    expect(planned('double-stimulus', { training: { spread: 3 } }, blank).training).toHaveLength(3);
    const told = planned('single-stimulus', { training: { spread: 3, feedback: true } }, rated(20)).training;
    for (const { stimuli, expected } of told) {
      expect(expected).toEqual({ kind: 'people', qualities: [qualityOf(stimuli[0] as string, 20)] });
    }
    expect(plan('single-stimulus', { training: { spread: 3, feedback: true } }, blank)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('training.feedback') as string
    });
  });
});

describe('gold', () => {
  it('of single stimuli comes from both ends in turn; of several it holds both ends', () => {
    const single = planned('single-stimulus', { gold: { ends: 4 } }, rated(40)).gold;
    const qualities = single.map(({ stimuli: [id] }) => qualityOf(id as string, 40));
    expect(qualities.filter((quality) => quality < 15)).toHaveLength(2);
    expect(qualities.filter((quality) => quality > 85)).toHaveLength(2);
    expect(new Set(single.map(({ stimuli: [id] }) => id)).size).toBe(4);
    for (const protocol of ['double-stimulus', 'multiple-stimulus'] as const) {
      const { gold } = planned(protocol, { gold: { ends: 6 } }, rated(40));
      for (const { role, stimuli, expected } of gold) {
        expect(role).toBe('gold');
        const own = stimuli.map((id) => qualityOf(id, 40));
        const [best, worst] = [own.indexOf(Math.max(...own)), own.indexOf(Math.min(...own))];
        expect(expected).toEqual({
          kind: 'gold',
          accepted:
            protocol === 'double-stimulus'
              ? { kind: 'choice', choices: [best === 0 ? 'first' : 'second'] }
              : { kind: 'ranking', better: best, worse: worst }
        });
      }
    }
  });

  it('shares no stimulus with training while others are left', () => {
    const { training, gold } = planned(
      'double-stimulus',
      { training: { spread: 4 }, gold: { ends: 4 } },
      rated(60)
    );
    const practised = new Set(training.flatMap(({ stimuli }) => stimuli));
    expect(gold.flatMap(({ stimuli }) => stimuli).filter((id) => practised.has(id))).toEqual([]);
  });

  it('by name keeps its answers, and a name that is not there or of another reference is said', () => {
    const accepted = { kind: 'choice', choices: ['second'] } as const;
    const { gold } = planned(
      'double-stimulus',
      { gold: { trials: [{ stimuli: ['s3', 's9'], accepted }] } },
      rated(20)
    );
    expect(gold).toEqual([
      { role: 'gold', stimuli: ['s3', 's9'], referenceId: null, expected: { kind: 'gold', accepted } }
    ]);
    for (const [stimuli, scenario, reason] of [
      [['s3', 'nowhere'], 'no-reference', '"nowhere" cannot be shown'],
      [['s0', 's1'], 'full-reference', 'share one reference']
    ] as const) {
      expect(
        plan('double-stimulus', { gold: { trials: [{ stimuli, accepted }] } }, rated(20, scenario), scenario)
      ).toEqual({
        ok: false,
        reason: expect.stringMatching(new RegExp(`^gold\\.trials\\[0\\]: .*${reason}`)) as string
      });
    }
  });

  it('is refused where nothing is known, or where the ends lie too close', () => {
    const close = rated(20).map((one) => ({ ...one, quality: 50 + (one.quality as number) / 10 }));
    const blank = rated(20).map((one) => ({ ...one, quality: null }));
    for (const stimuli of [close, blank]) {
      expect(plan('double-stimulus', { gold: { ends: 2 } }, stimuli)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('gold.ends') as string
      });
    }
  });
});

describe('traps', () => {
  it('stand on test trials’ stimuli and ask for both ends alike, ±1', () => {
    const test: PlannedTrial[] = rated(9).map(({ id }) => ({
      role: 'test',
      stimuli: [id],
      referenceId: null
    }));
    const traps = planTraps(5, test, 1);
    expect(planTraps(5, test, 1)).toEqual(traps);
    const sides = traps.map(({ expected }) => (expected?.kind === 'trap' ? expected.side : null));
    expect(Math.abs(sides.filter((side) => side === 'left').length - 2.5)).toBe(0.5);
    expect(new Set(traps.map(({ stimuli: [id] }) => id)).size).toBe(5);
  });
});

describe('how they are written', () => {
  it('in lines, there and back', () => {
    const design = defaultDesign('double-stimulus', 'no-reference');
    const text = 'a.png | b = c.png = first\nd.png | e.png = second or same';
    const read = readGold(text, design);
    if (!read.ok) throw new Error(read.line);
    expect(read.trials[0]).toEqual({
      stimuli: ['a.png', 'b = c.png'],
      accepted: { kind: 'choice', choices: ['first'] }
    });
    expect(writeGold(read.trials)).toBe(text);
    expect(readGold('a.png | b.png', design)).toEqual({ ok: false, line: 'a.png | b.png' });
    expect(writeNamedTrials(readNamedTrials(' a | b \n\n c|d'))).toBe('a | b\nc | d');
  });

  it('with problems that name the field', () => {
    const design = {
      ...defaultDesign('double-stimulus', 'no-reference'),
      training: { trials: [['a']] },
      traps: 0
    };
    expect(designProblems(design)).toEqual([
      'training.trials[0]: a double-stimulus trial names 2 stimuli, not 1.',
      'traps is a whole number from 1 to 200, or absent, not 0.'
    ]);
    expect(designProblems({ ...defaultDesign('single-stimulus', 'no-reference'), gold: {} })).toHaveLength(1);
    expect(
      designShapeProblems({
        training: { spread: '5', spred: 1 },
        seed: 3,
        gold: { trials: [{ stimuli: 'a' }] }
      })
    ).toEqual([
      'design.training.spread: a number is needed, not "5"',
      'design.training.spred: there is no such field; there are spread, trials, feedback',
      'design.seed: the option --seed says it',
      'design.gold.trials[0].stimuli: a list is needed, not "a"',
      'design.gold.trials[0].accepted: is missing'
    ]);
  });
});
