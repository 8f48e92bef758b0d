import type { PlanReport } from '#lib/domain/planning/plan-trials.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import { onHundredScale } from '#lib/domain/stimulus.ts';
import {
  defaultDesign,
  designProblems,
  withoutDefaults,
  type Exemplar,
  type GroupSize,
  type Protocol,
  type ReferencePlace,
  type StudyDesign
} from '#lib/domain/study.ts';
import type { PlannedTrial } from '#lib/domain/trial.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import { draftPlan, type DraftInput } from '#lib/server/workers/draft-plan.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import { askableDifferences, hasDifferences } from './difference-scores.ts';
import { datasetNamed } from './find.ts';
import type { Lab } from './lab.ts';
import { checkName } from './names.ts';

export interface PlanStudyOptions {
  name: string;
  dataset: string;
  /** By name; null for everything that can be judged. */
  subset: string | null;
  protocol: Protocol;
  seed: number;
  /** Stimulus names, in the order they are shown. */
  exemplars: readonly string[];
  /** What differs from the defaults. */
  design: DesignChoices;
  /** On difference scores: accept that single-stimulus reads a difference as quality. */
  differenceAsQuality?: boolean;
  /** A study of this name exists: make its next version instead of refusing. */
  nextVersion?: boolean;
}

/** Fields of a design; those that it leaves out at their defaults may be written out here. */
export type DesignChoices = Partial<
  Omit<StudyDesign, 'protocol' | 'scenario' | 'seed' | 'exemplars' | 'groupSize' | 'referencePlace'>
> & { groupSize?: GroupSize; referencePlace?: ReferencePlace };

export interface StudyPlan {
  dataset: datasets.Dataset;
  subsetId: number | null;
  design: StudyDesign;
  /** Stimuli by name. */
  trials: PlannedTrial[];
  idOf: Map<string, number>;
  report: PlanReport;
  designHash: string;
}

/** Up to so many stimuli a plan is made at once, in some ten milliseconds; more than that go to a thread. */
const PLANNED_IN_PLACE = 300;

/**
 * Plans a study's trials without storing anything: what the plan page shows while one edits.
 * @throws BadInput with the reason when the design cannot exist.
 */
export async function draftStudy(
  lab: Pick<Lab, 'db'>,
  options: Omit<PlanStudyOptions, 'name' | 'nextVersion'>
): Promise<StudyPlan> {
  const dataset = await datasetNamed(lab.db, options.dataset);
  let subsetId: number | null = null;
  let pool: datasets.StimulusRow[];
  const all = await datasets.stimuliOf(lab.db, dataset.id);
  if (options.subset === null) {
    pool = all;
  } else {
    const subset = await datasets.subsetByName(lab.db, dataset.id, options.subset);
    if (!subset) {
      throw new BadInput(
        `the dataset ${JSON.stringify(dataset.name)} has no subset ${JSON.stringify(options.subset)}`
      );
    }
    subsetId = subset.id;
    pool = await datasets.stimuliOfSubset(lab.db, subset.id);
  }
  const exemplars = findExemplars(options.exemplars, all, dataset);
  let design = withoutDefaults({
    ...defaultDesign(options.protocol, dataset.scenario as StudyDesign['scenario'], options.seed),
    ...options.design,
    exemplars
  });
  if (design.instructions === '') {
    const asked = { ...design, counterpart: hasDifferences(dataset) };
    design.instructions = protocols[options.protocol].questionForPeople(asked);
  }
  const problems = designProblems(design);
  if (problems.length > 0) throw new BadInput(problems.join(' '));

  const nameOf = new Map(all.map((row) => [row.id, row.name]));
  const fullReference = dataset.scenario === 'full-reference';
  const isExample = shownAsExample(exemplars, all, fullReference);
  const rest = pool.filter((row) => row.kind === 'distorted' && !isExample(row));
  const { judged, leftOut } = hasDifferences(dataset)
    ? askableDifferences(dataset, design, rest, options.differenceAsQuality ?? false)
    : { judged: rest, leftOut: 0 };
  if (judged.length === 0) throw new BadInput(`there is nothing to judge in ${JSON.stringify(dataset.name)}`);
  const unpaired = judged.find((row) => fullReference && row.referenceId === null);
  if (unpaired) throw new BadInput(`${JSON.stringify(unpaired.name)} has no reference`);

  design = namedExtra(design, all, dataset);
  const ofStudy = new Set(judged.map((row) => row.id));
  const needsRated = design.training !== undefined || design.gold !== undefined;

  // The plan knows stimuli by name, never by a database's ids: the same design over the same pictures gives the
  // same trials and the same hash in any lab.
  const input: DraftInput = {
    stimuli: judged.map((row) => ({
      id: row.name,
      referenceId: fullReference ? (nameOf.get(row.referenceId as number) as string) : null
    })),
    design,
    hashes: new Map(all.map((row) => [row.name, row.imageSha256])),
    ...(needsRated
      ? {
          rated: all
            .filter((row) => row.kind === 'distorted' && !isExample(row))
            .filter((row) => !fullReference || row.referenceId !== null)
            .map((row) => ({
              id: row.name,
              referenceId: fullReference ? (nameOf.get(row.referenceId as number) as string) : null,
              quality: qualityOf(row, dataset),
              judged: ofStudy.has(row.id)
            }))
        }
      : {})
  };
  // Ten thousand pictures take a second or more, while one edits: raters do not wait for that.
  const planned =
    judged.length > PLANNED_IN_PLACE ? await runInWorker('draft-plan', input) : draftPlan(input);
  if (!planned.ok) throw new BadInput(planned.reason);
  const { trials, report, designHash } = planned;
  return {
    dataset,
    subsetId,
    design,
    trials,
    idOf: new Map(all.map((row) => [row.name, row.id])),
    report: leftOut > 0 ? { ...report, leftOut } : report,
    designHash
  };
}

/** @throws BadInput when the name is taken or the design cannot exist. Nothing is stored then. */
export async function planStudy(lab: Pick<Lab, 'db'>, options: PlanStudyOptions): Promise<studies.Study> {
  checkStudyName(options.name);
  const existing = await studies.byName(lab.db, options.name);
  if (existing && !options.nextVersion) {
    throw new Conflict(`a study named ${JSON.stringify(options.name)} exists already`);
  }
  const plan = await draftStudy(lab, options);
  const study = await studies.create(
    lab.db,
    {
      name: options.name,
      version: existing ? existing.version + 1 : 1,
      datasetId: plan.dataset.id,
      subsetId: plan.subsetId,
      protocol: options.protocol,
      scenario: plan.dataset.scenario,
      seed: plan.design.seed,
      design: plan.design,
      planReport: plan.report,
      designHash: plan.designHash
    },
    plan.trials.map((trial) => ({
      role: trial.role,
      referenceId: trial.referenceId === null ? null : (plan.idOf.get(trial.referenceId) as number),
      stimuli: trial.stimuli.map((name) => plan.idOf.get(name) as number),
      expected: trial.expected
    }))
  );
  if (!study) throw new Conflict(`a study named ${JSON.stringify(options.name)} exists already`);
  return study;
}

/** @throws BadInput */
export function checkStudyName(name: string): void {
  checkName('study', name);
  if (/@\d+$/.test(name)) {
    throw new BadInput(`${JSON.stringify(name)} cannot name a study: "@2" at the end means a version`);
  }
}

/** Exemplars show their human values: neither they nor the same pictures under another name are judged afterwards. */
function shownAsExample(
  exemplars: readonly Exemplar[],
  all: readonly datasets.StimulusRow[],
  fullReference: boolean
): (row: datasets.StimulusRow) => boolean {
  const shaOf = new Map(all.map((row) => [row.id, row.imageSha256]));
  const pictures = (row: datasets.StimulusRow) =>
    fullReference ? `${row.imageSha256} ${shaOf.get(row.referenceId ?? -1) ?? ''}` : row.imageSha256;
  const names = new Set(exemplars.map((exemplar) => exemplar.stimulusId));
  const shown = new Set(all.filter((row) => names.has(row.name)).map(pictures));
  return (row) => shown.has(pictures(row));
}

function findExemplars(
  names: readonly string[],
  all: readonly datasets.StimulusRow[],
  dataset: datasets.Dataset
): Exemplar[] {
  const nameOf = new Map(all.map((row) => [row.id, row.name]));
  return names.map((name) => {
    const row = stimulusNamed('the exemplar', name, all, dataset);
    const quality = qualityOf(row, dataset);
    if (quality === null) {
      throw new BadInput(
        `the exemplar ${JSON.stringify(name)} has no MOS; a demonstration shows real human values`
      );
    }
    return {
      stimulusId: row.name,
      referenceId:
        dataset.scenario === 'full-reference' && row.referenceId !== null
          ? (nameOf.get(row.referenceId) ?? null)
          : null,
      quality
    };
  });
}

/** By its name, or the end of it after a slash where that is one stimulus's alone. */
function stimulusNamed(
  what: string,
  name: string,
  all: readonly datasets.StimulusRow[],
  dataset: datasets.Dataset
): datasets.StimulusRow {
  const exact = all.find((row) => row.name === name);
  const matches = exact ? [exact] : all.filter((row) => row.name.endsWith(`/${name}`));
  const [row] = matches;
  if (!row || matches.length > 1) {
    throw new BadInput(
      row
        ? `${what} ${JSON.stringify(name)} could be ${matches.map((match) => match.name).join(' or ')}`
        : `${what} ${JSON.stringify(name)} is not in the dataset ${JSON.stringify(dataset.name)}`
    );
  }
  if (row.kind !== 'distorted') throw new BadInput(`${what} ${JSON.stringify(name)} is a reference`);
  return row;
}

/** A stimulus's human value on 0–100, higher is better; null where it is not known. */
function qualityOf(
  row: Pick<datasets.StimulusRow, 'mos'>,
  dataset: Pick<datasets.Dataset, 'mosLow' | 'mosHigh' | 'mosDirection'>
): number | null {
  if (row.mos === null || dataset.mosLow === null || dataset.mosHigh === null) return null;
  return onHundredScale(row.mos, {
    low: dataset.mosLow,
    high: dataset.mosHigh,
    higherIsBetter: dataset.mosDirection === 1
  });
}

/** The design with the whole names of what its own training and gold trials hold. */
function namedExtra(
  design: StudyDesign,
  all: readonly datasets.StimulusRow[],
  dataset: datasets.Dataset
): StudyDesign {
  const whole = (what: string) => (name: string) => stimulusNamed(what, name, all, dataset).name;
  const { training, gold } = design;
  return {
    ...design,
    ...(training?.trials === undefined
      ? {}
      : {
          training: {
            ...training,
            trials: training.trials.map((names, index) => names.map(whole(`training.trials[${index}]:`)))
          }
        }),
    ...(gold?.trials === undefined
      ? {}
      : {
          gold: {
            ...gold,
            trials: gold.trials.map(({ stimuli, accepted }, index) => ({
              stimuli: stimuli.map(whole(`gold.trials[${index}]:`)),
              accepted
            }))
          }
        })
  };
}
