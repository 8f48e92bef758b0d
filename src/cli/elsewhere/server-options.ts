import { BadInput } from '#lib/server/tables/bad-input.ts';
import { apiClient, type ApiClient } from './api-client.ts';

/** The commands of the command line that work on a lab elsewhere. */
export const GO_ELSEWHERE = [
  'import',
  'subset',
  'study',
  'invite',
  'models',
  'run',
  'results',
  'export',
  'bundle',
  'votes'
];

/**
 * Takes `--server URL` and `--token-env NAME` out of a command's words and says them as the environment does: every
 * command that works on a lab reads LIMEN_SERVER and LIMEN_TOKEN.
 *
 * @throws BadInput where the command does not go to another lab, or the variable is not set.
 */
export function takeServerOptions(command: string, words: readonly string[]): string[] {
  const { value: server, rest } = take(command, 'server', words);
  const { value: variable, rest: others } = take(command, 'token-env', rest);
  if (server === undefined && variable === undefined) return others;
  if (!GO_ELSEWHERE.includes(command)) {
    throw new BadInput(`limen ${command} takes no --server; these do: ${GO_ELSEWHERE.join(', ')}`);
  }
  if (server !== undefined) process.env['LIMEN_SERVER'] = server;
  if (variable !== undefined) {
    const token = process.env[variable];
    if (!token) throw new BadInput(`limen ${command}: the environment variable ${variable} is not set`);
    process.env['LIMEN_TOKEN'] = token;
  }
  return others;
}

function take(command: string, name: string, words: readonly string[]): { value?: string; rest: string[] } {
  const index = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  if (index === -1) return { rest: [...words] };
  const word = words[index] as string;
  const joined = word.includes('=');
  const value = joined ? word.slice(word.indexOf('=') + 1) : words[index + 1];
  if (!value || (!joined && value.startsWith('--'))) {
    throw new BadInput(`limen ${command}: --${name} needs a value`);
  }
  const rest = words.toSpliced(index, joined ? 1 : 2);
  if (take(command, name, rest).value !== undefined) {
    throw new BadInput(`limen ${command}: --${name} is given twice`);
  }
  return { value, rest };
}

/** The lab elsewhere that the environment names; null where it names none. @throws BadInput where the token is missing. */
export function serverInEnvironment(environment: NodeJS.ProcessEnv): ApiClient | null {
  const server = environment['LIMEN_SERVER'];
  if (!server) return null;
  const token = environment['LIMEN_TOKEN'];
  if (!token) {
    throw new BadInput(
      `${server} needs a token in LIMEN_TOKEN, or in the variable that --token-env names; its Settings make one`
    );
  }
  return apiClient(server, token);
}
