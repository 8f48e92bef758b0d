import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import prepareEmptyLab from '../../tests/integration/empty-lab.ts';
import { machine } from './measure.ts';
import { makeFolder } from './pictures.ts';
import { measureKills } from './runs/kills.ts';
import { measureMinute } from './runs/minute.ts';
import { measureSpeed } from './runs/speed.ts';

/**
 * run [N…] [--at 32] [--429 20] [--rounds 3]: runs of N presentations against an endpoint that takes 200–400 ms, beside a
 * bare loop, alternating. With --kills K: kill -9 so often in the middle, what is lost, doubled and paid twice. With
 * --tokens-per-minute T: what arrives in any minute against the limit. --workers W takes W worker processes on PostgreSQL
 * with a run each, for these two.
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      at: { type: 'string', multiple: true },
      '429': { type: 'string' },
      rounds: { type: 'string' },
      kills: { type: 'string' },
      workers: { type: 'string' },
      'tokens-per-minute': { type: 'string' }
    }
  });
  const number = (given: string | undefined, otherwise: number) =>
    given === undefined ? otherwise : Number(given);
  const workers = number(values.workers, 1);
  console.log(`${machine()}; the endpoint shares it`);
  const counts = positionals.length > 0 ? positionals.map(Number) : [500];
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const forget = await prepareEmptyLab();
  try {
    for (const count of counts) {
      const folder = path.join(directory, `pictures-${count}`);
      await makeFolder(folder, count);
      for (const atOnce of (values.at ?? ['32']).map(Number)) {
        const common = { folder, count, atOnce };
        if (values.kills !== undefined)
          await measureKills({ ...common, kills: Number(values.kills), workers });
        else if (values['tokens-per-minute'] !== undefined)
          await measureMinute({
            ...common,
            tokensPerMinute: Number(values['tokens-per-minute']),
            workers
          });
        else
          await measureSpeed({
            ...common,
            refused: number(values['429'], 0) / 100,
            rounds: number(values.rounds, 3)
          });
      }
    }
  } finally {
    forget();
    rmSync(directory, { recursive: true, force: true });
  }
}
