/** Where the people of a link come from: it says by which names their service calls them, and how they go back. */
export const PLATFORMS = ['plain', 'prolific', 'mturk', 'sona'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** How a person's part ended, as far as they themselves and their service are concerned. */
export const ENDINGS = ['done', 'screened-out', 'failed-attention', 'no-consent'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Recruitment {
  platform: Platform;
  /** A code for each ending; where `done` has none, each sitting gets one of its own. */
  codes: Partial<Record<Ending, string>>;
  /** SONA: the address that grants the credit, with `{id}` where the participant's own code goes. */
  returnTo: string | null;
}

/** A person as their service names them. */
export interface Participant {
  /** `PROLIFIC_PID`, `workerId`, SONA's survey code. */
  id: string;
  /** Prolific's study, MTurk's HIT. */
  study: string | null;
  /** Prolific's session, MTurk's assignment. */
  submission: string | null;
}

type Query = Pick<URLSearchParams, 'get'>;

const NAMES: Readonly<
  Record<Exclude<Platform, 'plain'>, { id: string[]; study: string; submission: string }>
> = {
  prolific: { id: ['PROLIFIC_PID'], study: 'STUDY_ID', submission: 'SESSION_ID' },
  mturk: { id: ['workerId'], study: 'hitId', submission: 'assignmentId' },
  sona: { id: ['survey_code', 'id'], study: 'experiment_id', submission: 'session_id' }
};

/** Longer or stranger than any service's own names are is somebody else's doing. */
const NAME = /^[\w.:@+-]{1,100}$/;

/**
 * Who comes, by the address that their service sent them to. `preview` is a worker of MTurk who looks and has not accepted;
 * null is somebody without a name: they sit as on a plain link.
 */
export function readParticipant(platform: Platform, query: Query): Participant | 'preview' | null {
  if (platform === 'plain') return null;
  const names = NAMES[platform];
  const read = (name: string) => {
    const value = query.get(name);
    return value !== null && NAME.test(value) ? value : null;
  };
  const submission = read(names.submission);
  if (platform === 'mturk' && submission === 'ASSIGNMENT_ID_NOT_AVAILABLE') return 'preview';
  const id = names.id.map(read).find((value) => value !== null);
  return id === undefined ? null : { id, study: read(names.study), submission };
}

/** The parameters that `readParticipant` reads, for a form that sends them on. */
export function participantFields(platform: Platform, query: Query): [name: string, value: string][] {
  if (platform === 'plain') return [];
  const { id, study, submission } = NAMES[platform];
  return [...id, study, submission].flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value === null || !NAME.test(value) ? [] : [[name, value]];
  });
}

/** What is pasted into the service: the link with the names that it fills in. */
export function recruitingAddress(link: string, platform: Platform): string {
  switch (platform) {
    case 'plain':
    case 'mturk':
      return link;
    case 'prolific':
      return `${link}?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}`;
    case 'sona':
      return `${link}?survey_code=%SURVEY_CODE%`;
  }
}

export interface Completion {
  /** To be pasted where the service asks for it; null where there is none. */
  code: string | null;
  /** Where the service wants them back; null where it does not say. */
  address: string | null;
}

/**
 * What a person takes back to their service. Prolific has an address for each code; SONA grants a credit for what is done
 * and nothing else; MTurk's workers paste the code.
 *
 * @param ownCode of the sitting, for where the link gives `done` none.
 */
export function completionOf(
  recruitment: Recruitment | null,
  given: Ending,
  participant: Pick<Participant, 'id'> | null,
  ownCode: string | null
): Completion {
  if (recruitment === null) return { code: null, address: null };
  const { platform, codes, returnTo } = recruitment;
  // A link without a code for failed attention does not punish: its people take the code for all answered.
  const ending = given === 'failed-attention' && recruitment.codes[given] === undefined ? 'done' : given;
  const code = codes[ending] ?? (ending === 'done' && platform !== 'sona' ? ownCode : null);
  switch (platform) {
    case 'prolific':
      return {
        code,
        address:
          codes[ending] === undefined
            ? null
            : `https://app.prolific.com/submissions/complete?cc=${encodeURIComponent(codes[ending])}`
      };
    case 'sona':
      return {
        code,
        address:
          ending === 'done' && returnTo !== null && participant !== null
            ? returnTo.replaceAll('{id}', encodeURIComponent(participant.id))
            : null
      };
    case 'mturk':
    case 'plain':
      return { code, address: null };
  }
}

/** What is wrong with a link's recruitment, one sentence each. */
export function recruitmentProblems({ platform, codes, returnTo }: Recruitment): string[] {
  const problems: string[] = [];
  for (const [ending, code] of Object.entries(codes)) {
    if (!/^[A-Za-z0-9_-]{1,60}$/.test(code)) {
      problems.push(
        `The code for ${ending} is of letters, digits, - and _ (at most 60), not ${JSON.stringify(code)}.`
      );
    }
  }
  if (platform === 'prolific' && codes.done === undefined) {
    problems.push('Prolific needs the code that it gives for a completed study.');
  }
  const given = Object.values(codes);
  if (new Set(given).size !== given.length)
    problems.push('Two endings have the same code: it would not tell them apart.');
  if (platform === 'sona' && returnTo !== null) {
    if (!/^https:\/\/[^\s{}]+\{id\}[^\s{}]*$/.test(returnTo)) {
      problems.push('SONA’s address begins with https:// and has {id} where the participant’s code goes.');
    }
  }
  return problems;
}
