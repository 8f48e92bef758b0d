import type { Config } from '#lib/server/config.ts';
import type { Db } from '#lib/server/db/client.ts';
import type { Queue } from '#lib/server/jobs/queue.ts';
import type { Log } from '#lib/server/log.ts';
import type { Storage } from '#lib/server/storage/storage.ts';

/** What services are handed: the lab's own database, storage and queue, and nothing that they make themselves. */
export interface Lab {
  config: Config;
  db: Db;
  storage: Storage;
  queue: Queue;
  log: Log;
  /** Names this process among those that share the database. */
  processId: string;
  /** Keys given for this process's life alone (by the shell), by the name of their environment variable. */
  transientKeys: Map<string, string>;
}
