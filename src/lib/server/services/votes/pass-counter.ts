/** Counts how often each observer has voted on each trial: dense for who votes on many, sparse for who votes on few. */
export function passCounter(trials: number): { next(observer: number, trial: number): number } {
  const counts: (Map<number, number> | Uint8Array)[] = [];
  return {
    next(observer, trial) {
      let mine = counts[observer];
      if (mine === undefined) counts[observer] = mine = new Map();
      if (mine instanceof Uint8Array) {
        const pass = mine[trial] as number;
        if (pass < 255) mine[trial] = pass + 1;
        return pass;
      }
      const pass = mine.get(trial) ?? 0;
      mine.set(trial, Math.min(255, pass + 1));
      // An entry of a map takes some 40 bytes.
      if (mine.size * 40 > trials) {
        const dense = new Uint8Array(trials);
        for (const [key, count] of mine) dense[key] = count;
        counts[observer] = dense;
      }
      return pass;
    }
  };
}
