import { readConfig } from '#lib/server/config.ts';
import { serveUntilTold } from '../../server.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Command } from '../command.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'the web app',
  usage: 'limen serve      (DATA_DIR, DATABASE_URL, PORT, HOST, ORIGIN: see .env.example)',
  positionals: [],
  options: {},
  async run(_args, terminal) {
    let config;
    try {
      config = readConfig(process.env);
    } catch (error) {
      throw new BadInput(error instanceof Error ? error.message : String(error));
    }
    try {
      await serveUntilTold(config, (address) => terminal.out(`Limen listens on ${address}\n`));
    } catch (error) {
      if (error instanceof Error && /^(there is no build|port |another Limen)/.test(error.message)) {
        throw new BadInput(error.message);
      }
      throw error;
    }
    return 0;
  }
};
