import { openAsBlob } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LAYOUTS, TABLES, type Layout, type TableName } from '#lib/server/services/export-study.ts';
import { optionsOf } from '#lib/server/services/models/find-model.ts';
import type { RunDocument } from '#lib/server/services/run/describe-run.ts';
import type { Progress, RunParams, ShellCommands } from '#lib/server/services/shell/shell-commands.ts';
import { writeWhole } from '#lib/server/services/shell/write-whole.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { ApiClient } from './api-client.ts';
import { sendFolder } from './send-folder.ts';

type Params<N extends keyof ShellCommands> = Parameters<ShellCommands[N]>[1];
type Document<N extends keyof ShellCommands> = Awaited<ReturnType<ShellCommands[N]>>;
type Model = Document<'models'>[number];

/** The commands of the shell that a lab elsewhere takes, each as requests to its API; the documents are the same. */
export type CommandsElsewhere = {
  [N in keyof ShellCommands]?: (
    client: ApiClient,
    params: Params<N>,
    progress: Progress
  ) => Promise<Document<N>>;
};

const at = (name: string) => encodeURIComponent(name);
const study = (name: string) => `/studies/${at(name)}`;

export const commandsElsewhere: CommandsElsewhere = {
  import: sendFolder,

  subset: (client, { dataset, ...body }) => client.json('POST', `/datasets/${at(dataset)}/subsets`, body),

  'study-create': (client, { nextVersion: _, ...body }) => client.json('POST', '/studies', body),

  async invite(client, { study: name, ...body }) {
    const { links } = (await client.json('POST', `${study(name)}/invites`, body)) as { links: string[] };
    return links.map((link) => link.slice(link.lastIndexOf('/') + 1));
  },

  models: async (client) => (await client.all('/models')) as Model[],

  async 'model-options'(client, { name }) {
    const all = (await client.all('/models')) as Model[];
    const model = all.find((one) => one.name === name);
    if (model !== undefined) return optionsOf(model);
    const names = all.map((one) => one.name).join(', ');
    throw new BadInput(
      `${client.server} has no model ${JSON.stringify(name)}${names === '' ? '; none is registered there' : `; there are ${names}`}`
    );
  },

  async run(client, params, progress) {
    const started = (await client.json(
      'POST',
      `${study(params.study)}/runs`,
      await runBody(client, params)
    )) as RunDocument;
    for (let run = started; ;) {
      progress({ done: run.answered, total: run.presentations, note: `${run.outcomes['ok'] ?? 0} ok` });
      if (!['queued', 'running'].includes(run.state)) return { ...run, study: params.study };
      await wait(1000);
      run = (await client.json('GET', `/runs/${run.run}`)) as RunDocument;
    }
  },

  results(client, { study: name, split = null, everybody = false }) {
    const query = new URLSearchParams();
    if (split !== null) query.set('split', split);
    if (everybody) query.set('everybody', 'true');
    const asked = query.toString();
    return client.json('GET', `${study(name)}/results${asked === '' ? '' : `?${asked}`}`);
  },

  async export(client, { study: name, what, format, out }) {
    const take = async (file: string, people: boolean, target: string) => {
      const from = `${study(name)}/${people ? 'people-exports' : 'exports'}/${file}`;
      await writeWhole(target, await client.file(from));
      return target;
    };
    if (Object.hasOwn(LAYOUTS, format)) {
      const { ending } = LAYOUTS[format as Layout];
      return { files: [await take(`${format}.${ending}`, format === 'psych-ds', out)] };
    }
    const table = (one: TableName, target: string) => take(`${one}.${format}`, one === 'sittings', target);
    if (what !== 'all') return { files: [await table(what, out)] };
    await mkdir(out, { recursive: true });
    const files: string[] = [];
    for (const one of TABLES) files.push(await table(one, path.join(out, `${one}.${format}`)));
    return { files };
  },

  async bundle(client, { study: name, out, pictures }) {
    const file = pictures ? 'bundle-with-pictures.zip' : 'bundle.zip';
    await writeWhole(out, await client.file(`${study(name)}/people-exports/${file}`));
    return { file: out };
  },

  async votes(client, { file, make, study: name, columns, range, best, passOver, kind, name: observer }) {
    if (make !== null) throw new BadInput('limen votes: --make does not work on a lab elsewhere');
    const query = new URLSearchParams({ file: file.label, kind, best, passOver: String(passOver) });
    if (observer !== null) query.set('name', observer);
    const said = Object.entries(columns).map(([column, own]) => `${column}=${own}`);
    if (said.length > 0) query.set('columns', said.join(','));
    if (range !== null) {
      query.set('low', String(range.low));
      query.set('high', String(range.high));
    }
    const bytes = await openAsBlob(file.path).catch(() => {
      throw new BadInput('there is no such file', { file: file.label });
    });
    return client.send(`${study(name)}/votes?${query}`, 'text/csv', bytes) as Promise<Document<'votes'>>;
  },

  'votes-out': (client, params) =>
    client.json('DELETE', `${study(params.study)}/votes/${params.import}`) as Promise<Document<'votes-out'>>
};

/** What a run is asked with there: the registered model by its name, everything else as it was said or registered. */
async function runBody(client: ApiClient, params: RunParams): Promise<Record<string, unknown>> {
  const {
    study: _,
    modelId,
    model: __,
    baseUrl,
    apiKeyEnv: ___,
    apiKey: ____,
    here,
    budgetId,
    ...rest
  } = params;
  void [here, budgetId];
  if (params.control === 'random-answers') return rest;
  if (modelId === null) {
    throw new BadInput(
      `a lab elsewhere asks the models that are registered there (limen models list), not ${baseUrl}`
    );
  }
  const all = (await client.all('/models')) as Model[];
  return { ...rest, model: all.find(({ id }) => id === modelId)?.name };
}
