import type { AnalysisChoices } from '#lib/domain/registration/registration.ts';
import { addressOf } from '#lib/server/db/studies.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { preregister } from '../preregister.ts';

export interface RegistrationParams {
  study: string;
  choices: Partial<AnalysisChoices>;
  by: string;
}

/** The shell's commands about what is decided beforehand. */
export interface RegistrationCommands {
  'study-preregister': (
    lab: Lab,
    params: RegistrationParams
  ) => Promise<{ study: string; sha256: string; text: string }>;
}

export const registrationCommands: RegistrationCommands = {
  async 'study-preregister'(lab, { study: name, choices, by }) {
    const study = await studyNamed(lab.db, name);
    return { study: addressOf(study), ...(await preregister(lab, study, choices, by)) };
  }
};
