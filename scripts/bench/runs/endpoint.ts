import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { EndpointReport } from '../fake-endpoint.ts';

const script = path.join(import.meta.dirname, '..', 'fake-endpoint.ts');

export interface Endpoint {
  url: string;
  /** Requests answered so far. */
  answered(): Promise<number>;
  report(): Promise<EndpointReport>;
  stop(): void;
}

/**
 * The fake endpoint (200–400 ms an answer) in a process of its own.
 *
 * @param refused share of requests that get 429, 0 to 1.
 */
export async function startEndpoint(refused = 0): Promise<Endpoint> {
  const child: ChildProcess = fork(script, [String(refused)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  });
  const url = (await next(child)) as string;
  // One question at a time: replies come in the order of the questions.
  let turn: Promise<unknown> = Promise.resolve();
  const ask = <T>(what: 'count' | 'report'): Promise<T> => {
    const reply = turn.then(() => {
      const answer = next(child);
      child.send(what);
      return answer;
    });
    turn = reply.catch(() => {});
    return reply as Promise<T>;
  };
  return {
    url,
    answered: () => ask<number>('count'),
    report: () => ask<EndpointReport>('report'),
    stop: () => void child.kill('SIGTERM')
  };
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the fake endpoint ended'));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
  });
}
