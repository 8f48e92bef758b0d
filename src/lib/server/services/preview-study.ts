import { createHash } from 'node:crypto';
import { checkTrials } from '#lib/domain/extra-trials.ts';
import { writeAccepted } from '#lib/domain/known-answer.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import type { Scenario, StudyDesign } from '#lib/domain/study.ts';
import type { PlannedTrial } from '#lib/domain/trial.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { hasDifferences } from './difference-scores.ts';
import { datasetNamed } from './find.ts';
import type { Lab } from './lab.ts';
import { draftStudy, type PlanStudyOptions, type StudyPlan } from './plan-study.ts';

export interface PreviewPicture {
  name: string;
  sha256: string;
  url: string;
  widthPx: number;
  heightPx: number;
}

export interface ExemplarCandidate {
  name: string;
  sha256: string;
  mos: number;
}

/** A trial of practice, gold or a trap, for whoever plans it. */
export interface ExtraPreview {
  role: string;
  stimuli: { name: string; sha256: string; mos: number | null }[];
  /** What is accepted, or asked for; null for training. */
  answer: string | null;
  /** Whether a stimulus of it is judged in test trials too. */
  judged: boolean;
}

export interface StudyPreview {
  scenario: Scenario;
  simulated: boolean;
  /** The dataset's scores are differences between two pictures. */
  differences: boolean;
  subsets: { name: string; size: number }[];
  judgeable: number;
  /** Full reference: the references that exemplars can be taken of; else empty. */
  references: string[];
  /** Whose pictures are offered; null without references. */
  reference: string | null;
  candidates: ExemplarCandidate[];
  /** The design as it would be frozen; null where it contradicts itself. */
  plan: {
    design: StudyDesign;
    report: StudyPlan['report'];
    designHash: string;
    training: number;
    test: number;
    /** Gold and traps. */
    checks: number;
    extra: ExtraPreview[];
    sample: { stimuli: PreviewPicture[]; reference: PreviewPicture | null };
  } | null;
  problem: string | null;
  /** What people read where nothing else is written. */
  standardInstructions: string;
}

/** How many pictures are offered as exemplars, spread evenly over the dataset's MOS. */
const OFFERED = 24;

/** Everything that the plan page shows while one edits; nothing is stored. */
export async function previewStudy(
  lab: Pick<Lab, 'db'>,
  options: Omit<PlanStudyOptions, 'name' | 'nextVersion' | 'exemplars'> & {
    exemplars: readonly string[];
    exemplarsOf: string;
  }
): Promise<StudyPreview> {
  const dataset = await datasetNamed(lab.db, options.dataset);
  const [subsets, all] = await Promise.all([
    datasets.subsetsOf(lab.db, dataset.id),
    datasets.stimuliOf(lab.db, dataset.id)
  ]);
  const scenario = dataset.scenario as Scenario;
  const nameOf = new Map(all.map((row) => [row.id, row.name]));
  const known = all.filter((row) => row.kind === 'distorted' && row.mos !== null);
  const references =
    scenario === 'full-reference'
      ? [
          ...new Set(
            known.flatMap((row) => (row.referenceId === null ? [] : [nameOf.get(row.referenceId) as string]))
          )
        ]
      : [];
  const reference = references.find((name) => name === options.exemplarsOf) ?? references[0];
  const offered = known.filter(
    (row) => scenario === 'no-reference' || nameOf.get(row.referenceId as number) === reference
  );
  const draft = await planOrProblem(lab, options);
  return {
    scenario,
    simulated: dataset.simulated,
    differences: hasDifferences(dataset),
    subsets: subsets.map(({ name, size }) => ({ name, size })),
    judgeable: all.filter((row) => row.kind === 'distorted').length,
    references,
    reference: reference ?? null,
    candidates: spreadOverMos(offered, options.exemplars),
    plan: draft.plan === null ? null : await summarised(lab, draft.plan, all),
    problem: draft.problem,
    standardInstructions: standardInstructions(options, scenario, hasDifferences(dataset))
  };
}

async function planOrProblem(
  lab: Pick<Lab, 'db'>,
  options: Parameters<typeof draftStudy>[1]
): Promise<{ plan: StudyPlan | null; problem: string | null }> {
  try {
    return { plan: await draftStudy(lab, options), problem: null };
  } catch (error) {
    if (error instanceof BadInput) return { plan: null, problem: error.onPage };
    throw error;
  }
}

function standardInstructions(
  options: Parameters<typeof draftStudy>[1],
  scenario: Scenario,
  counterpart: boolean
): string {
  const { scale = 'continuous-100', allowTies = true, attributes = [], groupSize } = options.design;
  if (attributes.length === 0) return '';
  return protocols[options.protocol].questionForPeople({
    scenario,
    scale,
    allowTies,
    attributes,
    groupSize: groupSize === 4 ? undefined : groupSize,
    counterpart
  });
}

/** Evenly over MOS rank, those that were chosen always among them. */
function spreadOverMos(rows: datasets.StimulusRow[], chosen: readonly string[]): ExemplarCandidate[] {
  const sorted = rows.slice().sort((a, b) => (a.mos as number) - (b.mos as number));
  const taken = new Set(sorted.filter((row) => chosen.includes(row.name)));
  const count = Math.min(OFFERED, sorted.length);
  for (let i = 0; i < count; i++) {
    const place = count === 1 ? 0 : Math.round((i * (sorted.length - 1)) / (count - 1));
    taken.add(sorted[place] as datasets.StimulusRow);
  }
  return sorted
    .filter((row) => taken.has(row))
    .map((row) => ({ name: row.name, sha256: row.imageSha256, mos: row.mos as number }));
}

function extraOf(
  { role, stimuli, expected }: PlannedTrial,
  byName: ReadonlyMap<string, datasets.StimulusRow>,
  test: readonly PlannedTrial[]
): ExtraPreview {
  return {
    role,
    stimuli: stimuli.map((name) => {
      const { imageSha256, mos } = byName.get(name) as datasets.StimulusRow;
      return { name, sha256: imageSha256, mos };
    }),
    answer:
      expected?.kind === 'gold'
        ? writeAccepted(expected.accepted)
        : expected?.kind === 'trap'
          ? `far ${expected.side}`
          : null,
    judged: role === 'trap' || test.some((trial) => trial.stimuli.some((name) => stimuli.includes(name)))
  };
}

async function summarised(lab: Pick<Lab, 'db'>, plan: StudyPlan, all: datasets.StimulusRow[]) {
  const test = plan.trials.filter((trial) => trial.role === 'test');
  const sample = test[0];
  if (!sample) throw new Error('a plan without test trials');
  const byName = new Map(all.map((row) => [row.name, row]));
  const names = [...sample.stimuli, ...(sample.referenceId === null ? [] : [sample.referenceId])];
  const shas = names.map((name) => (byName.get(name) as datasets.StimulusRow).imageSha256);
  const images = await datasets.imagesBy(lab.db, shas);
  const picture = (name: string): PreviewPicture => {
    const sha256 = (byName.get(name) as datasets.StimulusRow).imageSha256;
    const image = images.get(sha256) as datasets.Image;
    return { name, sha256, url: `/images/${sha256}`, widthPx: image.widthPx, heightPx: image.heightPx };
  };
  return {
    design: plan.design,
    report: plan.report,
    designHash: plan.designHash,
    training: plan.trials.filter((trial) => trial.role === 'training').length,
    test: test.length,
    checks: checkTrials(plan.design),
    extra: plan.trials.filter(({ role }) => role !== 'test').map((trial) => extraOf(trial, byName, test)),
    sample: {
      stimuli: sample.stimuli.map(picture),
      reference: sample.referenceId === null ? null : picture(sample.referenceId)
    }
  };
}

/**
 * Exemplars in an order that says nothing of their quality, whatever order they were ticked in: by the hash of their
 * names. A demonstration that always went from worse to better would teach that. A copy of a design keeps its order.
 */
export function demonstrationOrder(names: readonly string[], kept: readonly string[] = []): string[] {
  if (names.length === kept.length && names.every((name) => kept.includes(name))) return [...kept];
  const key = (name: string) => createHash('sha256').update(name).digest('hex');
  return names.slice().sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
