import type { Command } from './command.ts';

/** Every command, loaded only when it is asked for: `limen mos` should not start a database driver. */
export const COMMANDS: readonly { name: string; summary: string; load: () => Promise<Command> }[] = [
  { name: 'mos', summary: 'MOS, σ and CI per stimulus; observer screening', load: async () => (await import('./commands/mos.ts')).mos },
  { name: 'reliability', summary: 'agreement between observers', load: async () => (await import('./commands/reliability.ts')).reliability },
  { name: 'scale', summary: 'Thurstone or Bradley-Terry scale from pair votes', load: async () => (await import('./commands/scale.ts')).scale },
  { name: 'agree', summary: 'agreement of each model with people', load: async () => (await import('./commands/agree.ts')).agree },
  { name: 'select', summary: 'difficult-sample selection', load: async () => (await import('./commands/select.ts')).select },
  { name: 'metrics', summary: 'full-reference image metrics', load: async () => (await import('./commands/metrics.ts')).metrics }
];
