import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { importVotes, type VoteImportOptions, type VoteReport } from '../votes/import-votes.ts';
import { planFromVotes, type VoteStudyOptions } from '../votes/plan-from-votes.ts';
import { takeVotesOut } from '../votes/remove-votes.ts';
import type { NamedFile } from './metric-commands.ts';
import type { Progress } from './shell-commands.ts';

export interface VoteParams extends VoteImportOptions {
  file: NamedFile;
  /** Make the study first, with the trials that the file holds. */
  make: Omit<VoteStudyOptions, 'name' | 'ifMissing'> | null;
}

/** The shell's commands about votes that were collected elsewhere. */
export interface VoteCommands {
  votes: (lab: Lab, params: VoteParams, progress: Progress) => Promise<VoteReport>;
  'votes-out': (lab: Lab, params: { study: string; import: number }) => Promise<{ removed: number }>;
}

export const voteCommands: VoteCommands = {
  async votes(lab, { file, make, ...options }, progress) {
    if (make !== null) {
      const { study: name, kind: _, ...reading } = options;
      await planFromVotes(lab, file, { ...make, name, ifMissing: true }, reading);
    }
    return importVotes(lab, file, options, (done, total) => progress({ done, total, note: 'votes stored' }));
  },

  'votes-out': async (lab, { study, import: id }) => takeVotesOut(lab, await studyNamed(lab.db, study), id)
};
