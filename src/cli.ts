#!/usr/bin/env node
import { parseCommand } from './cli/arguments.ts';
import { GO_ELSEWHERE, takeServerOptions } from './cli/elsewhere/server-options.ts';
import { COMMANDS } from './cli/commands.ts';
import { terminal } from './cli/terminal.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/** @returns the exit status: 0 done, 1 partly or unexpectedly failed, 2 bad usage or bad input, 3 stopped at a cap. */
async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(overview());
    return name === undefined ? 2 : 0;
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (!entry) {
    throw new BadInput(`limen: there is no command ${JSON.stringify(name)}; limen help lists them`);
  }
  const command = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(`${command.usage}\n`);
    return 0;
  }
  const words = takeServerOptions(command.name, rest);
  return command.run(parseCommand(command.name, words, command.positionals, command.options), terminal);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  const elsewhere = `With --server URL (or LIMEN_SERVER) and a token in LIMEN_TOKEN (or --token-env NAME) these work on a lab elsewhere:\n  ${GO_ELSEWHERE.join(', ')}\n`;
  return `limen: a laboratory where people and models judge the same trials\n\n${lines.join('\n')}\n\nlimen COMMAND --help says more.\n${elsewhere}`;
}

// A reader that closes early (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof BadInput) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    // Unexpected: one line for the person; the stack only when asked for.
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`limen: unexpected failure: ${message.split('\n')[0]}\n`);
    if (process.env['LIMEN_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
