export { researchers, signIns, signInLinks, labSettings } from './people.ts';
export { apiTokens } from './tokens.ts';
export { images, downsizedImages, datasets, stimuli, subsets, subsetMembers } from './stimuli.ts';
export { studies, trials, trialStimuli, invitations } from './studies.ts';
export { analyses } from './analyses.ts';
export { preregistrations, unblindings } from './registrations.ts';
export { observers, sessions, presentations, responses, supersededResponses } from './sessions.ts';
export { voteImports } from './votes.ts';
export { models } from './models.ts';
export {
  runs,
  budgets,
  endpointPaces,
  promptTexts,
  completions,
  requestFailures,
  reparses,
  responseChanges
} from './runs.ts';
export {
  metrics,
  metricValues,
  featureSets,
  featureVectors,
  pristineModels,
  learnedModels,
  measurements
} from './metrics.ts';
export { probes, probeAnswers } from './probes.ts';
export { batches, batchRequests } from './batches.ts';
