import { isRecord } from './protocols/protocol.ts';

/** What a field of a written design may be; its range is said by `designProblems`. */
type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'number or null'
  | { list: Shape }
  | { fields: Readonly<Record<string, Shape>>; needed?: readonly string[] };

const QUESTIONS: Shape = {
  list: { fields: { text: 'text', kind: 'text', choices: { list: 'text' } }, needed: ['text', 'kind'] }
};

/** Every field of a design that a file may set, by its name there. */
const FIELDS: Readonly<Record<string, Shape>> = {
  scale: 'text',
  allowTies: 'boolean',
  attributes: { list: 'text' },
  instructions: 'text',
  pairsPerImage: 'number',
  groupsPerImage: 'number',
  fitPolicy: 'text',
  trialsPerSession: 'number or null',
  bothOrders: 'boolean',
  hiddenRepeats: 'number',
  maxSidePx: 'number or null',
  shortestViewMs: 'number or null',
  longestViewMs: 'number or null',
  groupSize: 'number',
  referencePlace: 'text',
  intervalMs: 'number',
  assignment: 'text',
  language: 'text',
  training: { fields: { spread: 'number', trials: { list: { list: 'text' } }, feedback: 'boolean' } },
  gold: {
    fields: {
      ends: 'number',
      trials: {
        list: {
          fields: {
            stimuli: { list: 'text' },
            accepted: {
              fields: {
                kind: 'text',
                from: 'number',
                to: 'number',
                choices: { list: 'text' },
                better: 'number',
                worse: 'number'
              },
              needed: ['kind']
            }
          },
          needed: ['stimuli', 'accepted']
        }
      }
    }
  },
  traps: 'number',
  sitting: {
    fields: {
      consent: 'text',
      before: QUESTIONS,
      after: QUESTIONS,
      checks: { list: 'text' },
      blockTrials: 'number',
      attention: { fields: { trapMisses: 'number', gold: 'number' } },
      payable: { fields: { reached: 'number', attention: 'boolean' } },
      usable: {
        fields: {
          finished: 'boolean',
          gold: 'number',
          trapMisses: 'number',
          repeats: 'number',
          medianMs: 'number',
          sameShare: 'number',
          gapMinutes: 'number'
        }
      },
      resume: { fields: { withinMinutes: 'number', then: 'text' }, needed: ['withinMinutes', 'then'] }
    }
  }
};

const ELSEWHERE: Readonly<Record<string, string>> = {
  protocol: 'the option --protocol says it',
  scenario: 'the dataset says it',
  seed: 'the option --seed says it',
  exemplars: 'the option --exemplars names them'
};

/**
 * The shape of a design that was written by hand: known fields, each of its kind. Ranges and contradictions are
 * `designProblems`'.
 *
 * @returns what is wrong, each beginning with the field ("design.training.spread: a number is needed, not \"5\"").
 */
export function designShapeProblems(value: unknown): string[] {
  const problems: string[] = [];
  check(value, { fields: FIELDS }, 'design', problems);
  return problems;
}

function check(value: unknown, shape: Shape, at: string, problems: string[]): void {
  const said = () => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
  if (shape === 'text') {
    if (typeof value !== 'string') problems.push(`${at}: a text is needed, not ${said()}`);
  } else if (shape === 'number' || shape === 'number or null') {
    if (typeof value !== 'number' && !(value === null && shape === 'number or null')) {
      problems.push(`${at}: a number is needed, not ${said()}`);
    }
  } else if (shape === 'boolean') {
    if (typeof value !== 'boolean') problems.push(`${at}: true or false is needed, not ${said()}`);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) problems.push(`${at}: a list is needed, not ${said()}`);
    else value.forEach((one, index) => check(one, shape.list, `${at}[${index}]`, problems));
  } else if (!isRecord(value)) problems.push(`${at}: an object is needed, not ${said()}`);
  else {
    for (const [name, own] of Object.entries(value)) {
      const known = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      if (known !== undefined) check(own, known, `${at}.${name}`, problems);
      else {
        const where = at === 'design' ? ELSEWHERE[name] : undefined;
        problems.push(
          `${at}.${name}: ${where ?? `there is no such field; there are ${Object.keys(shape.fields).join(', ')}`}`
        );
      }
    }
    for (const name of shape.needed ?? []) {
      if (!Object.hasOwn(value, name)) problems.push(`${at}.${name}: is missing`);
    }
  }
}
