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
  /** From which the opaque names of stimuli and sittings are made; the same in every process of a lab. */
  blindingKey: string;
  /** What is shown of each stimulus, by its id: it never changes once stored. */
  shownImages: Map<
    number,
    { source: string; sha256: string; mediaType: string; widthPx: number; heightPx: number }
  >;
  /** Names this process among those that share the database. */
  processId: string;
  /** Aborted when this process is told to stop. */
  stopping: AbortSignal;
  /** Keys given for this process's life alone (by the shell), by the name of their environment variable. */
  transientKeys: Map<string, string>;
}
