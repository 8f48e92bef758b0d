import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { draftStudy } from '../../src/lib/server/services/plan-study.ts';
import { shellCommands } from '../../src/lib/server/services/shell/shell-commands.ts';
import { defaultDesign, type Protocol, type ScaleKind } from '../../src/lib/domain/study.ts';
import { miniSpcd } from '../fixtures/published-datasets.ts';
import { openTestLab, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
  const directory = path.join(test.directory, 'spcd');
  mkdirSync(directory);
  await miniSpcd(directory);
  await shellCommands.import(
    test.lab,
    {
      directory,
      directoryLabel: 'spcd',
      mosFile: null,
      mosLabel: null,
      columns: null,
      mosRange: null,
      scenario: 'full-reference',
      layout: null,
      seed: 1,
      ifMissing: false,
      name: 'spcd'
    },
    () => {}
  );
});
afterAll(() => test.remove());

const draft = (
  protocol: Protocol,
  more: { differenceAsQuality?: boolean; exemplars?: string[] } = {},
  scale?: ScaleKind
) => {
  const { attributes } = defaultDesign(protocol, 'full-reference', 1);
  return draftStudy(test.lab, {
    dataset: 'spcd',
    subset: null,
    protocol,
    seed: 1,
    exemplars: [],
    design: { attributes, ...(scale === undefined ? {} : { scale }) },
    ...more
  });
};

it('pairs that share a picture become double-stimulus trials; those that stand alone are counted', async () => {
  const plan = await draft('double-stimulus');
  const pair = (n: number) => `images/I0092_01_0${n}.png~images/I0092_01_01.png`;
  expect(plan.trials.every(({ referenceId }) => referenceId === 'images/I0092_01_01.png')).toBe(true);
  expect(plan.trials.map(({ stimuli }) => [...stimuli].sort()).sort()).toEqual([
    [pair(2), pair(3)],
    [pair(2), pair(4)],
    [pair(3), pair(4)]
  ]);
  expect(plan.report.leftOut).toBe(2);
});

it('single-stimulus is refused with the reason, unless a difference may be read as quality', async () => {
  await expect(draft('single-stimulus')).rejects.toThrow(
    /scores of "spcd" are differences.*plan it as double- or multiple-stimulus/
  );
  const plan = await draft('single-stimulus', { differenceAsQuality: true });
  expect(plan.trials).toHaveLength(5);
  // People may grade how far a picture is from the other: that is what the scores say.
  expect((await draft('single-stimulus', {}, 'dcr-5')).trials).toHaveLength(5);
});

it('a protocol that no pair fits says how many there would have to be', async () => {
  await expect(draft('multiple-stimulus')).rejects.toThrow(
    /compares 4 pictures with one .* no picture has more than 3 paired with it/
  );
});

it('an exemplar’s difference becomes quality: lower is closer is better', async () => {
  const exemplars = ['images/I0092_01_03.png~images/I0092_01_02.png'];
  const plan = await draft('single-stimulus', { differenceAsQuality: true, exemplars });
  expect(plan.design.exemplars[0]?.quality).toBe(93);
  expect(plan.trials.filter(({ role }) => role === 'test')).toHaveLength(4);
});
