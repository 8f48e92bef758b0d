// The fake endpoint in a process of its own, so that neither side of a comparison shares its event loop with it.
// Started with the share of requests that it refuses (429), as a number from 0 to 1. Whoever started it may ask, by the
// channel between parent and child, what has happened so far.
import { startFakeOpenAi } from '../../tests/fakes/openai-server.ts';

export interface EndpointReport {
  /** Requests that were answered, whoever still listened: what a provider would bill. */
  answered: number;
  /** Requests that were refused with 429. */
  refused: number;
  /** The most that were out at once. */
  mostAtOnce: number;
  /** Of every request that was answered, in order of arrival: when it arrived (ms) and what it cost in tokens. */
  arrivals: { at: number; tokens: number }[];
}

const share = Number(process.argv[2] ?? 0);
const fake = await startFakeOpenAi({
  latencyMs: [200, 400],
  faults: share > 0 ? [{ kind: 'rate-limit', share }] : []
});

function report(): EndpointReport {
  const answered = fake.requests.filter(({ status }) => status === 200);
  return {
    answered: answered.length,
    refused: fake.requests.filter(({ status }) => status === 429).length,
    mostAtOnce: fake.maxConcurrent(),
    arrivals: answered.map(({ arrivedAt, tokens }) => ({ at: arrivedAt, tokens }))
  };
}

process.on('message', (asked) => {
  process.send?.(asked === 'count' ? fake.requests.filter(({ status }) => status === 200).length : report());
});
process.send?.(fake.url);
process.on('SIGTERM', () => void fake.stop().then(() => process.exit(0)));
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0));
