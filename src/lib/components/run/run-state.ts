/** A run's state as the lab shows it. */
export function runTone(state: string): 'quiet' | 'live' | 'done' | 'wrong' {
  if (state === 'running' || state === 'queued') return 'live';
  if (state === 'completed') return 'done';
  return state === 'failed' || state === 'capped' ? 'wrong' : 'quiet';
}
