import { readConfig } from '#lib/server/config.ts';
import { openLab } from '#lib/server/lab.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';

export const worker: Command = {
  name: 'worker',
  summary: 'a further worker for background jobs (PostgreSQL only)',
  usage: 'limen worker      (DATABASE_URL names the database that the web app uses)',
  positionals: [],
  options: {},
  async run(_args, terminal) {
    let config;
    try {
      config = readConfig(process.env);
    } catch (error) {
      throw new BadInput(error instanceof Error ? error.message : String(error));
    }
    if (config.databaseUrl === null) {
      throw new BadInput(
        'limen worker: the embedded database takes one process; set DATABASE_URL to share a PostgreSQL'
      );
    }
    const lab = await openLab(config, { works: true });
    terminal.out('Limen works\n');
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    await lab.close();
    return 0;
  }
};
