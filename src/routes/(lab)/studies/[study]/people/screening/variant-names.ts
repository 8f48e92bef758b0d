import type { VariantId } from '#lib/domain/monitoring/people-screening.ts';

/** What each choice of people is called. */
export const VARIANTS: Readonly<Record<VariantId, { short: string; long: string }>> = {
  all: { short: 'everybody', long: 'no exclusion' },
  usable: { short: 'usable', long: 'by the rule that the study states' },
  bt500: { short: 'without whom BT.500 names', long: 'BT.500, once' },
  correlation: { short: 'without whom correlation names', long: 'P.913, r < 0.75' },
  'subject-model': {
    short: 'subject model',
    long: 'P.910: nobody out, weighed by consistency, freed of bias'
  },
  votes: { short: 'without whom chance explains', long: 'votes that go with the others' }
};
