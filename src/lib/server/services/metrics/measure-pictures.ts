import type { MeasuringOutcome, MeasuringSetup } from '#lib/server/workers/measuring.ts';
import {
  measuringThreads,
  onMeasuringThreads,
  type MeasuringThread
} from '#lib/server/workers/measuring-pool.ts';

export interface PictureTask<T> {
  of: T;
  sha256: string;
  referenceSha256: string | null;
  wanted: string[];
}

/**
 * Measures pictures on all threads, in the order of the tasks; each thread's next picture is read while it is at work
 * on the one before. `onOutcomes` is waited for by the thread whose picture it was.
 *
 * @throws CannotMeasure; whatever onOutcomes throws; the signal's reason.
 */
export async function measurePictures<T>(
  bytesOf: (sha256: string) => Promise<Uint8Array | null>,
  setup: MeasuringSetup,
  tasks: readonly PictureTask<T>[],
  signal: AbortSignal,
  onOutcomes: (task: PictureTask<T>, outcomes: [string, MeasuringOutcome][]) => Promise<void>
): Promise<void> {
  if (tasks.length === 0) return;
  let next = 0;
  const lane = async (thread: MeasuringThread) => {
    let has: string | null = null;
    const read = async () => {
      const task = tasks[next++];
      if (task === undefined) return null;
      const { referenceSha256 } = task;
      const knows = referenceSha256 !== null && referenceSha256 === has;
      has = referenceSha256 ?? has;
      return {
        task,
        picture: { sha256: task.sha256, bytes: await bytesOf(task.sha256) },
        reference:
          referenceSha256 === null
            ? null
            : { sha256: referenceSha256, bytes: knows ? null : await bytesOf(referenceSha256) },
        knows
      };
    };
    let coming = read();
    // A failure to read is thrown where it is waited for.
    coming.catch(() => {});
    for (;;) {
      const ready = await coming;
      if (ready === null || signal.aborted) return;
      coming = read();
      coming.catch(() => {});
      const { task, picture, reference, knows } = ready;
      for (const one of [picture, ...(reference === null || knows ? [] : [reference])]) {
        if (one.bytes === null) throw new Error(`the picture ${one.sha256} is not in storage`);
      }
      const { outcomes } = await thread.measure({ picture, reference, wanted: task.wanted });
      if (signal.aborted) return;
      await onOutcomes(task, outcomes);
    }
  };
  await onMeasuringThreads(setup, lane, { threads: Math.min(tasks.length, measuringThreads()), signal });
}
