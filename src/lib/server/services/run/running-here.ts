const running = new WeakMap<object, Map<number, () => void>>();

/** Notes that this process works on a run, and how it is told to stop asking. @returns forgets it. */
export function noteRunner(db: object, sessionId: number, stop: () => void): () => void {
  let all = running.get(db);
  if (!all) running.set(db, (all = new Map()));
  const runners = all;
  runners.set(sessionId, stop);
  return () => {
    if (runners.get(sessionId) === stop) runners.delete(sessionId);
  };
}

/** Tells the run's worker at once where it is in this process; elsewhere it notices with its next sign of life. */
export function stopRunner(db: object, sessionId: number): void {
  running.get(db)?.get(sessionId)?.();
}
