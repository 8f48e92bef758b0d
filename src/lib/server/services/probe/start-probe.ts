import { probeProblem } from '#lib/domain/probes/probe.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as probes from '#lib/server/db/probes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { checkRunOptions } from '../run/check-run-options.ts';
import { RUN_DEFAULTS } from '../run/start-run.ts';

export interface ProbeModel {
  model: string;
  baseUrl: string;
  apiKeyEnv: string | null;
}

export interface ProbeOptions {
  name: string;
  preset: string | null;
  prompt: string;
  each: boolean;
  dataset: string;
  /** Names, in the order in which they are shown. */
  stimuli: string[];
}

export interface AskOptions {
  models: ProbeModel[];
  temperature: number | null;
  maxTokens: number | null;
}

const MOST_PICTURES = 100;
const MOST_TOGETHER = 20;

/**
 * Keeps a probe; nothing is asked yet.
 *
 * @throws BadInput naming what is wrong.
 */
export async function createProbe(lab: Pick<Lab, 'db'>, options: ProbeOptions): Promise<probes.Probe> {
  const name = options.name.trim();
  if (name === '' || name.length > 200)
    throw new BadInput('the probe needs a name of at most 200 characters');
  const dataset = await datasetNamed(lab.db, options.dataset);
  const known = await datasets.namesIn(lab.db, dataset.id);
  const most = options.each ? MOST_PICTURES : MOST_TOGETHER;
  if (options.stimuli.length > most) {
    throw new BadInput(`a probe shows at most ${most} pictures${options.each ? '' : ' in one request'}`);
  }
  const problem = probeProblem(
    options.prompt,
    options.each ? Math.min(1, options.stimuli.length) : options.stimuli.length
  );
  if (problem !== null) throw new BadInput(problem);
  const pictures = options.stimuli.map((stimulus): probes.ProbePicture => {
    const found = known.get(stimulus);
    if (!found) {
      throw new BadInput(
        `the dataset ${JSON.stringify(dataset.name)} has no stimulus ${JSON.stringify(stimulus)}`
      );
    }
    return { stimulusId: found.id, name: stimulus, sha256: found.sha256 };
  });
  const { preset, prompt, each } = options;
  const made = await probes.create(lab.db, { name, preset, prompt, each, datasetId: dataset.id, pictures });
  if (!made) throw new BadInput(`there is a probe named ${JSON.stringify(name)} already`);
  return made;
}

/**
 * Notes the requests of a probe to some models: one each, or one each a picture. They are asked by `askProbe`, in
 * whichever process takes them up.
 *
 * @throws BadInput naming what is wrong.
 */
export async function noteQuestions(
  lab: Pick<Lab, 'db' | 'transientKeys'>,
  probe: probes.Probe,
  { models, temperature, maxTokens }: AskOptions
): Promise<void> {
  if (models.length === 0) throw new BadInput('a probe needs at least one model');
  for (const model of models) {
    checkRunOptions(lab, {
      ...RUN_DEFAULTS,
      ...model,
      study: '',
      strategy: 'standard',
      temperature,
      maxTokens
    });
  }
  const places = probe.each ? probe.pictures.map((_, place) => place) : [null];
  await probes.addAnswers(
    lab.db,
    models.flatMap((model) =>
      places.map((picture) => ({ probeId: probe.id, ...model, temperature, maxTokens, picture }))
    )
  );
}
