import * as datasets from '#lib/server/db/datasets.ts';
import * as probes from '#lib/server/db/probes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

export interface ShownProbe {
  id: number;
  name: string;
  preset: string | null;
  prompt: string;
  each: boolean;
  dataset: string;
  pictures: { name: string; sha256: string }[];
  /** One a model (and the settings it was asked with): its columns' head. */
  models: { model: string; baseUrl: string; temperature: number | null; simulated: boolean }[];
  /** One a picture that was asked about by itself, or a single one; answers by model, the latest of each. */
  rows: { picture: number | null; answers: (probes.ProbeAnswer | null)[] }[];
  /** Requests that have not come back. */
  waiting: number;
  createdAt: Date;
}

/** @throws BadInput when there is none of that number or name. */
export async function findProbe(lab: Pick<Lab, 'db'>, given: string): Promise<probes.Probe> {
  const probe = /^\d{1,9}$/.test(given)
    ? await probes.byId(lab.db, Number(given))
    : await probes.byName(lab.db, given);
  if (!probe) throw new BadInput(`there is no probe ${JSON.stringify(given)}`);
  return probe;
}

/** A probe with its answers side by side. */
export async function showProbe(lab: Pick<Lab, 'db'>, probe: probes.Probe): Promise<ShownProbe> {
  const answers = await probes.answersOf(lab.db, probe.id);
  const keyOf = ({ model, baseUrl, temperature }: probes.ProbeAnswer) =>
    JSON.stringify([model, baseUrl, temperature]);
  const heads = new Map<string, ShownProbe['models'][number]>();
  const latest = new Map<string, probes.ProbeAnswer>();
  for (const answer of answers) {
    const { model, baseUrl, temperature } = answer;
    const simulated = answer.simulated || (heads.get(keyOf(answer))?.simulated ?? false);
    heads.set(keyOf(answer), { model, baseUrl, temperature, simulated });
    latest.set(`${keyOf(answer)}/${answer.picture}`, answer);
  }
  const keys = [...heads.keys()];
  const places = probe.each ? probe.pictures.map((_, place) => place) : [null];
  const dataset = await datasets.byId(lab.db, probe.datasetId);
  return {
    id: probe.id,
    name: probe.name,
    preset: probe.preset,
    prompt: probe.prompt,
    each: probe.each,
    dataset: dataset?.name ?? '',
    pictures: probe.pictures.map(({ name, sha256 }) => ({ name, sha256 })),
    models: [...heads.values()],
    rows: places.map((picture) => ({
      picture,
      answers: keys.map((key) => latest.get(`${key}/${picture}`) ?? null)
    })),
    waiting: answers.filter(({ state }) => state === 'asked').length,
    createdAt: probe.createdAt
  };
}
