import * as v from 'valibot';
import { checkHealth } from '../../services/check-health.ts';
import { projectVersion } from '../../services/project-file.ts';
import { operation } from '../operation.ts';
import { open, text, truth } from '../schemas.ts';

export const aboutOperations = [
  operation({
    id: 'getHealth',
    method: 'GET',
    path: '/health',
    tag: 'About',
    summary: 'Whether the lab answers, and which version it is',
    scope: null,
    answer: v.strictObject({
      ok: truth('Whether its database answers'),
      version: text('Limen’s'),
      api: v.literal('v1')
    }),
    run: async ({ lab }) => ({ ok: await checkHealth(lab), version: projectVersion(), api: 'v1' })
  }),
  operation({
    id: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    tag: 'About',
    summary: 'This description',
    scope: null,
    answer: v.looseObject({ openapi: v.literal('3.1.0'), paths: open('Every operation') }),
    async run() {
      const [{ describeApi }, { OPERATIONS }] = await Promise.all([
        import('../openapi.ts'),
        import('../operations.ts')
      ]);
      return describeApi(OPERATIONS, projectVersion());
    }
  })
];
