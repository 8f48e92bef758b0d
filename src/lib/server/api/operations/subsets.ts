import * as v from 'valibot';
import * as datasets from '#lib/server/db/datasets.ts';
import type { SubsetOptions } from '../../services/create-subset.ts';
import { shellCommands } from '../../services/shell/shell-commands.ts';
import { datasetOf, subsetOf } from '../found.ts';
import { operation } from '../operation.ts';
import { pageById, pageOf, PAGING } from '../paging.ts';
import { instant, iso, listOf, number, oneOf, open, orNull, text, truth, whole } from '../schemas.ts';

const Subset = {
  name: text('Its name in the dataset'),
  method: oneOf(['all', 'uniform', 'difficult', 'by-hand'], 'How it was chosen'),
  size: whole('How many stimuli'),
  parameters: open('Everything that it was chosen by'),
  createdAt: instant('When it was chosen')
};

const base = {
  name: text('Its name; unique in the dataset'),
  ifMissing: v.optional(truth('Give the one that has this name already, instead of refusing'), false)
};
const counts = {
  n: v.optional(whole('How many of all', 1)),
  references: v.optional(whole('Full reference: how many references …', 1)),
  perReference: v.optional(whole('… and how many of each', 1))
};
const exclude = v.optional(listOf(v.string(), 'Names that shall not be chosen, such as exemplars'), []);

const Choice = v.variant('method', [
  v.strictObject({ method: v.literal('all'), ...base }),
  v.strictObject({ method: v.literal('by-hand'), ...base, stimuli: listOf(v.string(), 'Names, in order') }),
  v.strictObject({ method: v.literal('uniform'), ...base, ...counts, exclude }),
  v.strictObject({
    method: v.literal('difficult'),
    ...base,
    counts: v.optional(v.strictObject(counts), {}),
    proxies: listOf(v.string(), 'Metrics of the dataset; the mean of several'),
    features: v.optional(orNull(text('A feature set of the dataset')), null),
    exclude,
    differenceAsQuality: v.optional(truth('On difference scores: read a difference as quality'), false),
    settings: v.strictObject({
      lambda: number('Weight of diversity'),
      epsilon: number('Added to σ²'),
      sigmaNormalised: truth('Divide errors by σ² + ε'),
      minMax: truth('Scale MOS and σ to 0..1 first'),
      mapped: truth('Map the proxy by a logistic')
    })
  })
]);

export const subsetOperations = [
  operation({
    id: 'listSubsets',
    method: 'GET',
    path: '/datasets/{dataset}/subsets',
    tag: 'Subsets',
    summary: 'The subsets of a dataset',
    scope: 'read',
    params: { dataset: 'Its name' },
    query: v.strictObject(PAGING),
    answer: pageOf(v.strictObject(Subset)),
    problems: ['unknown'],
    async run(call) {
      const all = await datasets.subsetsOf(call.lab.db, (await datasetOf(call)).id);
      return pageById(all, call.query, ({ name, method, size, parameters, createdAt }) => ({
        name,
        method,
        size,
        parameters,
        createdAt: iso(createdAt)
      }));
    }
  }),
  operation({
    id: 'getSubset',
    method: 'GET',
    path: '/datasets/{dataset}/subsets/{subset}',
    tag: 'Subsets',
    summary: 'One subset with the names of its stimuli, in its own order',
    scope: 'read',
    params: { dataset: 'The dataset’s name', subset: 'Its name' },
    answer: v.strictObject({ ...Subset, stimuli: listOf(v.string(), 'Names, in its own order') }),
    problems: ['unknown'],
    async run(call) {
      const { subset } = await subsetOf(call);
      const stimuli = (await datasets.stimuliOfSubset(call.lab.db, subset.id)).map(({ name }) => name);
      const { name, method, parameters, createdAt } = subset;
      return { name, method, size: stimuli.length, parameters, createdAt: iso(createdAt), stimuli };
    }
  }),
  operation({
    id: 'createSubset',
    method: 'POST',
    path: '/datasets/{dataset}/subsets',
    tag: 'Subsets',
    summary: 'Choose stimuli out of a dataset',
    says: 'The same answer as `limen subset --json`.',
    scope: 'write',
    params: { dataset: 'Its name' },
    body: Choice,
    answer: v.strictObject({
      subset: Subset.name,
      dataset: text('The dataset’s name'),
      method: Subset.method,
      size: Subset.size
    }),
    status: 201,
    problems: ['unknown', 'conflict'],
    async run(call) {
      const { name: dataset } = await datasetOf(call);
      // A field that may be left out is absent or there: JSON knows no undefined.
      const options = { ...call.body, dataset } as SubsetOptions & { ifMissing: boolean };
      return shellCommands.subset(call.lab, options);
    }
  })
];
