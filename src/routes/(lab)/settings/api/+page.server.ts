import { OPERATIONS } from '#lib/server/api/operations.ts';
import { describeForReading } from '#lib/server/api/reference.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  requireResearcher(locals);
  return { parts: describeForReading(OPERATIONS) };
};
