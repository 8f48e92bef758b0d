import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import ts from 'typescript-eslint';
import { importDirections } from '../../scripts/lint/import-directions.js';

function problems(file: string, code: string): string[] {
  const linter = new Linter({ cwd: '/project' });
  return linter
    .verify(
      code,
      [
        {
          files: ['**/*.ts'],
          languageOptions: { parser: ts.parser as Linter.Parser },
          plugins: { limen: { rules: { 'import-directions': importDirections } } },
          rules: { 'limen/import-directions': 'error' }
        }
      ],
      { filename: `/project/${file}` }
    )
    .map((message) => message.message);
}

describe('import directions', () => {
  const allowed: [string, string][] = [
    ['src/lib/domain/scaling/x.ts', "import { a } from '#lib/stats/normal.ts';"],
    ['src/lib/stats/x.ts', "import { a } from './y.ts';"],
    ['src/lib/server/services/x.ts', "import * as trials from '#lib/server/db/studies.ts';"],
    ['src/lib/server/db/x.ts', "import { sql } from 'drizzle-orm';"],
    [
      'src/routes/(lab)/x/+page.server.ts',
      "import { analyseStudy } from '#lib/server/services/analyse-study.ts';"
    ],
    ['src/lib/components/x.ts', "import type { Answer } from '#lib/domain/response.ts';"]
  ];
  for (const [file, code] of allowed) {
    it(`allows ${file}: ${code}`, () => expect(problems(file, code)).toEqual([]));
  }

  const refused: [string, string][] = [
    ['src/lib/server/services/x.ts', "import { OPERATIONS } from '#lib/server/api/operations.ts';"],
    ['src/lib/server/api/x.ts', "import { error } from '@sveltejs/kit';"],
    ['src/lib/stats/x.ts', "import { a } from '#lib/domain/study.ts';"],
    ['src/lib/stats/x.ts', "import fs from 'node:fs';"],
    ['src/lib/domain/x.ts', "import { a } from '#lib/server/db/client.ts';"],
    ['src/lib/domain/x.ts', "import sharp from 'sharp';"],
    ['src/lib/metrics/x.ts', "import { a } from '#lib/stats/normal.ts';"],
    ['src/lib/components/x.ts', "import { a } from '#lib/server/services/lab.ts';"],
    ['src/lib/server/db/x.ts', "import { a } from '#lib/server/services/lab.ts';"],
    ['src/lib/server/providers/x.ts', "import { a } from '#lib/server/db/client.ts';"],
    ['src/lib/server/services/x.ts', "import { sql } from 'drizzle-orm';"],
    ['src/lib/server/services/x.ts', "import { error } from '@sveltejs/kit';"],
    ['src/routes/x/+page.server.ts', "import { sql } from 'drizzle-orm';"],
    ['src/routes/x/+page.server.ts', "import OpenAI from 'openai';"],
    ['src/routes/x/+page.server.ts', "const sharp = await import('sharp');"],
    ['src/lib/domain/x.ts', "export { a } from '../server/log.ts';"],
    ['src/lib/domain/x.ts', "import { a } from './y';"],
    ['src/lib/somewhere/x.ts', "import { a } from '#lib/stats/normal.ts';"]
  ];
  for (const [file, code] of refused) {
    it(`refuses ${file}: ${code}`, () => expect(problems(file, code)).toHaveLength(1));
  }
});
