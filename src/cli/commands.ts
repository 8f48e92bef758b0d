import type { Command } from './command.ts';

/** Every command, loaded only when it is asked for: `limen mos` should not start a database driver. */
export const COMMANDS: readonly { name: string; summary: string; load: () => Promise<Command> }[] = [
  {
    name: 'mos',
    summary: 'MOS, σ and CI per stimulus; observer screening',
    load: async () => (await import('./commands/mos.ts')).mos
  },
  {
    name: 'reliability',
    summary: 'agreement between observers',
    load: async () => (await import('./commands/reliability.ts')).reliability
  },
  {
    name: 'scale',
    summary: 'Thurstone or Bradley-Terry scale from pair votes',
    load: async () => (await import('./commands/scale.ts')).scale
  },
  {
    name: 'agree',
    summary: 'agreement of each model with people',
    load: async () => (await import('./commands/agree.ts')).agree
  },
  {
    name: 'select',
    summary: 'difficult-sample selection',
    load: async () => (await import('./commands/select.ts')).select
  },
  {
    name: 'metrics',
    summary: 'full-reference image metrics',
    load: async () => (await import('./commands/metrics.ts')).metrics
  },
  {
    name: 'import',
    summary: 'take a folder of pictures and their MOS in as a dataset',
    load: async () => (await import('./commands/import.ts')).importCommand
  },
  {
    name: 'subset',
    summary: 'choose stimuli out of a dataset',
    load: async () => (await import('./commands/subset.ts')).subset
  },
  {
    name: 'measure',
    summary: 'compute metrics over a whole dataset',
    load: async () => (await import('./commands/measure.ts')).measure
  },
  {
    name: 'pristine',
    summary: "fit NIQE's pristine model from undistorted pictures",
    load: async () => (await import('./commands/pristine.ts')).pristine
  },
  {
    name: 'add-model',
    summary: 'bring a learned metric or encoder as an ONNX file',
    load: async () => (await import('./commands/add-model.ts')).addModel
  },
  {
    name: 'scores',
    summary: 'take in scores that were computed elsewhere',
    load: async () => (await import('./commands/scores.ts')).scores
  },
  {
    name: 'features',
    summary: 'take in feature vectors that were computed elsewhere',
    load: async () => (await import('./commands/features.ts')).features
  },
  {
    name: 'study',
    summary: 'study create, preregister: plan a study and its trials, freeze how it is analysed',
    load: async () => (await import('./commands/study.ts')).study
  },
  {
    name: 'invite',
    summary: 'make rater links, one a line',
    load: async () => (await import('./commands/invite.ts')).invite
  },
  {
    name: 'models',
    summary: 'models that runs can be started with',
    load: async () => (await import('./commands/models.ts')).models
  },
  {
    name: 'grid',
    summary: 'let models sit studies under several strategies, all in one go',
    load: async () => (await import('./commands/grid.ts')).grid
  },
  {
    name: 'run',
    summary: 'let a model sit a study',
    load: async () => (await import('./commands/run.ts')).run
  },
  {
    name: 'probe',
    summary: 'a free question about chosen pictures, to several models',
    load: async () => (await import('./commands/probe.ts')).probe
  },
  {
    name: 'reparse',
    summary: 'read stored completions again with the parser as it is now',
    load: async () => (await import('./commands/reparse.ts')).reparse
  },
  {
    name: 'votes',
    summary: 'take in votes that were collected elsewhere',
    load: async () => (await import('./commands/votes.ts')).votes
  },
  {
    name: 'results',
    summary: 'agreement of every observer with MOS and with the raters',
    load: async () => (await import('./commands/results.ts')).results
  },
  {
    name: 'plot',
    summary: "draw one of a study's plots as SVG or PNG, or write its data as CSV",
    load: async () => (await import('./commands/plot.ts')).plot
  },
  {
    name: 'export',
    summary: "write a study's data to files",
    load: async () => (await import('./commands/export.ts')).exportCommand
  },
  {
    name: 'bundle',
    summary: 'write a whole study into one file that another lab can take in',
    load: async () => (await import('./commands/bundle.ts')).bundle
  },
  {
    name: 'reproduce',
    summary: "take a study's bundle in and compute its figures anew",
    load: async () => (await import('./commands/reproduce.ts')).reproduce
  },
  {
    name: 'sweep',
    summary: 'find stored files that nothing uses any more, and remove them',
    load: async () => (await import('./commands/sweep.ts')).sweep
  },
  {
    name: 'people',
    summary: 'who sat a study, payable and usable; withdraw a person',
    load: async () => (await import('./commands/people.ts')).people
  },
  {
    name: 'token',
    summary: 'token create, list, revoke: what lets programs in',
    load: async () => (await import('./commands/token.ts')).token
  },
  {
    name: 'demo',
    summary: 'a lab with simulated observers to look at',
    load: async () => (await import('./commands/demo.ts')).demo
  },
  { name: 'serve', summary: 'the web app', load: async () => (await import('./commands/serve.ts')).serve },
  {
    name: 'worker',
    summary: 'a further worker for background jobs',
    load: async () => (await import('./commands/worker.ts')).worker
  }
];
