import { createHash } from 'node:crypto';
import { designText } from '#lib/domain/planning/design-text.ts';
import { reportPlan } from '#lib/domain/planning/plan-report.ts';
import { MOST_TRIALS } from '#lib/domain/planning/plan-trials.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import {
  defaultDesign,
  designProblems,
  withoutDefaults,
  type Protocol,
  type StudyDesign
} from '#lib/domain/study.ts';
import type { PlannedTrial } from '#lib/domain/trial.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { othersFirst } from '#lib/server/db/client.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { stimulusFinder } from '../metrics/stimulus-names.ts';
import { checkStudyName, type DesignChoices } from '../plan-study.ts';
import { eachVote, type VoteFile, type VoteReading } from './read-votes.ts';
import { trialKey } from './study-target.ts';

export interface VoteStudyOptions {
  name: string;
  dataset: string;
  protocol: Protocol;
  design: Pick<DesignChoices, 'scale' | 'allowTies' | 'groupSize'>;
  /** A study of this name that has exactly these trials is there already: it will do. */
  ifMissing?: boolean;
}

/**
 * Makes a study whose trials are exactly those that a file of votes holds: each stimulus, pair or group once, in the order
 * of their names, so that the same votes in any order make the same design. People and models may sit it like any other.
 *
 * @throws BadInput naming file, line and column, or the study's name where it is taken.
 */
export async function planFromVotes(
  lab: Pick<Lab, 'db'>,
  file: VoteFile,
  options: VoteStudyOptions,
  reading: VoteReading
): Promise<studies.Study> {
  checkStudyName(options.name);
  const dataset = await datasetNamed(lab.db, options.dataset);
  const design = withoutDefaults({
    ...defaultDesign(options.protocol, dataset.scenario as StudyDesign['scenario']),
    ...options.design,
    trialsFrom: 'votes'
  });
  if (design.instructions === '') design.instructions = protocols[options.protocol].questionForPeople(design);
  const problems = designProblems(design);
  if (problems.length > 0) throw new BadInput(problems.join(' '));

  const all = await datasets.stimuliOf(lab.db, dataset.id);
  const byId = new Map(all.map((row) => [row.id, row]));
  const find = stimulusFinder(all);
  const fullReference = design.scenario === 'full-reference';
  const found = new Map<string, { id: number; index: number; stimuli: number[] }>();
  const size = { 'single-stimulus': 1, 'double-stimulus': 2, 'multiple-stimulus': design.groupSize ?? 4 };
  let mixed: string | null = null;
  await eachVote(
    file,
    {
      design,
      trials: MOST_TRIALS * 100,
      stimulus(name) {
        const hit = find(name);
        if ('problem' in hit) return hit;
        const row = byId.get(hit.id) as datasets.StimulusRow;
        if (row.kind !== 'distorted')
          return { problem: `${JSON.stringify(name)} is a reference: nobody judges it` };
        if (fullReference && row.referenceId === null)
          return { problem: `${JSON.stringify(name)} has no reference` };
        return hit;
      },
      trial(stimuli) {
        // Of another size it is no answer to a trial, which the reader says with its line.
        if (stimuli.length !== size[options.protocol]) return { id: -1, index: 0, stimuli };
        const key = trialKey(stimuli);
        let trial = found.get(key);
        if (trial) return trial;
        if (fullReference && new Set(stimuli.map((id) => byId.get(id)?.referenceId)).size > 1) {
          mixed ??= stimuli.map((id) => byId.get(id)?.name).join(' and ');
          return null;
        }
        if (found.size >= MOST_TRIALS)
          throw new BadInput(`holds more than ${MOST_TRIALS} different trials`, { file: file.label });
        found.set(key, (trial = { id: found.size, index: found.size, stimuli: [...stimuli] }));
        return trial;
      }
    },
    reading,
    () => {},
    undefined,
    othersFirst
  ).catch((error: unknown) => {
    if (mixed !== null && error instanceof BadInput)
      throw new BadInput(`${mixed} have different references: no trial mixes them`, error.place);
    throw error;
  });

  const { trials, report, designHash } = plan(design, [...found.values()], byId, fullReference);
  const existing = await studies.byName(lab.db, options.name);
  if (existing) {
    if (options.ifMissing === true && existing.designHash === designHash) return existing;
    throw new BadInput(
      `a study named ${JSON.stringify(options.name)} exists already${options.ifMissing === true ? ', and has other trials' : ''}`
    );
  }
  const idOf = new Map(all.map((row) => [row.name, row.id]));
  const study = await studies.create(
    lab.db,
    {
      name: options.name,
      datasetId: dataset.id,
      subsetId: null,
      protocol: options.protocol,
      scenario: dataset.scenario,
      seed: design.seed,
      design,
      planReport: report,
      designHash
    },
    trials.map((trial) => ({
      role: trial.role,
      referenceId: trial.referenceId === null ? null : (idOf.get(trial.referenceId) as number),
      stimuli: trial.stimuli.map((name) => idOf.get(name) as number)
    }))
  );
  if (!study) throw new BadInput(`a study named ${JSON.stringify(options.name)} exists already`);
  return study;
}

function plan(
  design: StudyDesign,
  found: readonly { stimuli: number[] }[],
  byId: ReadonlyMap<number, datasets.StimulusRow>,
  fullReference: boolean
) {
  const nameOf = (id: number) => (byId.get(id) as datasets.StimulusRow).name;
  const trials = found
    .map(({ stimuli }): PlannedTrial => {
      const reference = fullReference ? (byId.get(stimuli[0] as number)?.referenceId ?? null) : null;
      return {
        role: 'test',
        stimuli: stimuli.map(nameOf).sort(byText),
        referenceId: reference === null ? null : nameOf(reference)
      };
    })
    .sort((a, b) => byText(a.stimuli.join('\n'), b.stimuli.join('\n')));
  const pools = new Map<string | null, { referenceId: string | null; ids: string[] }>();
  const met = new Set<string>();
  for (const { referenceId, stimuli } of trials) {
    let pool = pools.get(referenceId);
    if (!pool) pools.set(referenceId, (pool = { referenceId, ids: [] }));
    for (const name of stimuli) {
      if (!met.has(name)) pool.ids.push(name);
      met.add(name);
    }
  }
  const { protocol, scenario } = design;
  const hashes = new Map([...byId.values()].map((row) => [row.name, row.imageSha256]));
  const text = designText({ design, trials, sha256Of: (name) => hashes.get(name) as string });
  return {
    trials,
    report: reportPlan({ protocol, scenario, pools: [...pools.values()], trials }),
    designHash: createHash('sha256').update(text).digest('hex')
  };
}

/** By code unit, the same everywhere. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
