import { fixed, table } from '../measure.ts';
import { startEndpoint } from './endpoint.ts';
import { orderRun, runOptions, serverWithStudy } from './lab.ts';
import { endWorker, startWorker, withDatabaseFor } from './workers.ts';

export interface MinuteOptions {
  folder: string;
  count: number;
  atOnce: number;
  tokensPerMinute: number;
  workers: number;
}

const MINUTE_MS = 60_000;

/**
 * Tokens that arrive at the endpoint in any minute, against the limit, with as many runs at once as there are workers:
 * the fullest sliding minute says whether the limit is kept, the mean one whether it is used. Each request counts where it
 * arrives, with what the endpoint says that it used.
 */
export async function measureMinute(options: MinuteOptions): Promise<void> {
  const { count, atOnce, tokensPerMinute, workers } = options;
  const endpoint = await startEndpoint();
  try {
    await withDatabaseFor(workers, async (kind) => {
      const server = await serverWithStudy(options.folder);
      try {
        const crew =
          workers > 1 ? await Promise.all(Array.from({ length: workers }, () => startWorker(server))) : [];
        try {
          const runs = Array.from({ length: workers }, (_, seed) =>
            orderRun(server, runOptions(endpoint.url, { concurrency: atOnce, tokensPerMinute, seed }))
          );
          for (const done of await Promise.all(runs))
            if (done.state !== 'completed')
              throw new Error(`a run ended ${done.state}: ${done.reason ?? ''}`);
        } finally {
          await Promise.all(crew.map((worker) => endWorker(worker, 'SIGTERM')));
        }
      } finally {
        await server.stop();
      }
      const { arrivals } = await endpoint.report();
      const minutes = slidingMinutes(arrivals);
      const span = (arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0);
      const tokens = arrivals.reduce((sum, one) => sum + one.tokens, 0);
      const ratio = (value: number) => fixed(value / tokensPerMinute, 4);
      table([
        [
          'database',
          'workers',
          'presentations',
          'tokens a minute',
          'tokens',
          'took s',
          'sliding minutes'
        ].concat(['fullest / limit', 'mean / limit', 'emptiest / limit']),
        [
          ...[kind, workers, workers * count, tokensPerMinute, tokens, fixed(span / 1000, 1), minutes.length],
          ...(minutes.length === 0
            ? [null, null, null]
            : [
                ratio(Math.max(...minutes)),
                ratio(minutes.reduce((sum, one) => sum + one, 0) / minutes.length),
                ratio(Math.min(...minutes))
              ])
        ]
      ]);
      if (minutes.length === 0)
        console.log(
          `a sliding minute needs more than one: ask for more than ${count} presentations, or fewer tokens`
        );
    });
  } finally {
    endpoint.stop();
  }
}

/** Tokens in the minute that begins with each request, for those minutes that end before the last one. */
export function slidingMinutes(arrivals: readonly { at: number; tokens: number }[]): number[] {
  const last = arrivals.at(-1)?.at ?? 0;
  const sums: number[] = [];
  let sum = 0;
  let to = 0;
  for (const { at, tokens } of arrivals) {
    if (at + MINUTE_MS > last) break;
    while (to < arrivals.length && (arrivals[to] as { at: number }).at < at + MINUTE_MS)
      sum += (arrivals[to++] as { tokens: number }).tokens;
    sums.push(sum);
    sum -= tokens;
  }
  return sums;
}
