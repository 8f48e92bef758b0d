import { PROBE_PRESETS } from '#lib/domain/probes/probe.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { AskOptions, ProbeModel, ProbeOptions } from './start-probe.ts';

/** "gpt-4o  https://api.openai.com/v1  OPENAI_API_KEY": the key's variable may be left out. */
export function readModels(form: FormData): ProbeModel[] {
  const lines = [
    ...form.getAll('model').map(String),
    ...String(form.get('models') ?? '').split(/\r?\n/)
  ].filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [model = '', baseUrl, apiKeyEnv = null, ...rest] = line.trim().split(/\s+/);
    if (baseUrl === undefined || rest.length > 0) {
      throw new BadInput(
        `${JSON.stringify(line.trim())} is not a model, a base URL and (where one is needed) the name of its key’s variable, with spaces between`
      );
    }
    return { model, baseUrl, apiKeyEnv };
  });
}

/** A model as its line in the form. */
export function modelLine({ model, baseUrl, apiKeyEnv }: ProbeModel): string {
  return [model, baseUrl, ...(apiKeyEnv === null ? [] : [apiKeyEnv])].join(' ');
}

/** @throws BadInput naming the field. */
export function readAsk(form: FormData): AskOptions {
  const number = (name: string, label: string): number | null => {
    const given = String(form.get(name) ?? '').trim();
    if (given === '') return null;
    const value = Number(given.replace(',', '.'));
    if (!Number.isFinite(value)) throw new BadInput(`${label}: ${JSON.stringify(given)} is no number`);
    return value;
  };
  const models = readModels(form);
  if (models.length === 0) throw new BadInput('Tick a model, or write one.');
  return {
    models,
    temperature: number('temperature', 'Temperature'),
    maxTokens: number('maxTokens', 'Most tokens of an answer')
  };
}

/** @throws BadInput naming the field. */
export function readProbe(form: FormData): ProbeOptions {
  const preset = String(form.get('preset') ?? '');
  return {
    name: String(form.get('name') ?? ''),
    preset: PROBE_PRESETS.some(({ id }) => id === preset) ? preset : null,
    prompt: String(form.get('prompt') ?? '').replaceAll('\r\n', '\n'),
    each: form.get('each') === 'each',
    dataset: String(form.get('dataset') ?? ''),
    stimuli: form.getAll('stimulus').map(String)
  };
}
