import { describe, expect, it } from 'vitest';
import { completionOf, readParticipant, recruitmentProblems, type Recruitment } from './recruitment.ts';

const query = (text: string) => new URLSearchParams(text);
const prolific: Recruitment = {
  platform: 'prolific',
  codes: { done: 'C1ABC', 'screened-out': 'C2DEF', 'no-consent': 'C3' },
  returnTo: null
};
const sona: Recruitment = {
  platform: 'sona',
  codes: {},
  returnTo: 'https://x.sona-systems.com/webstudy_credit.aspx?experiment_id=1&credit_token=t&survey_code={id}'
};

describe('readParticipant', () => {
  it('knows a person by what their service calls them, and nobody on a plain link', () => {
    expect(readParticipant('prolific', query('PROLIFIC_PID=5f&STUDY_ID=s&SESSION_ID=x'))).toEqual({
      id: '5f',
      study: 's',
      submission: 'x'
    });
    expect(readParticipant('mturk', query('workerId=A1&hitId=h&assignmentId=a'))).toEqual({
      id: 'A1',
      study: 'h',
      submission: 'a'
    });
    expect(readParticipant('sona', query('id=77'))).toMatchObject({ id: '77' });
    expect(readParticipant('plain', query('PROLIFIC_PID=5f'))).toBeNull();
    expect(readParticipant('prolific', query('STUDY_ID=s'))).toBeNull();
  });

  it('tells a worker who only looks, and takes no name that none of these services gives', () => {
    expect(readParticipant('mturk', query('assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE'))).toBe('preview');
    for (const bad of ['', '<script>', 'a b', '{{%PROLIFIC_PID%}}', 'x'.repeat(101)]) {
      expect(readParticipant('prolific', new URLSearchParams({ PROLIFIC_PID: bad }))).toBeNull();
    }
  });
});

describe('completionOf', () => {
  it('gives each ending its own code and way back, and none to what has none', () => {
    expect(completionOf(prolific, 'screened-out', null, 'OWN')).toEqual({
      code: 'C2DEF',
      address: 'https://app.prolific.com/submissions/complete?cc=C2DEF'
    });
    // Without a code of its own, failed attention goes back as what it is otherwise: everything answered.
    expect(completionOf(prolific, 'failed-attention', null, 'OWN')).toEqual(
      completionOf(prolific, 'done', null, 'OWN')
    );
    expect(
      completionOf(
        { ...prolific, codes: { ...prolific.codes, 'failed-attention': 'C9' } },
        'failed-attention',
        null,
        'OWN'
      ).code
    ).toBe('C9');
    expect(completionOf({ platform: 'mturk', codes: {}, returnTo: null }, 'done', null, 'OWN')).toEqual({
      code: 'OWN',
      address: null
    });
    expect(completionOf(sona, 'done', { id: 'a&b' }, 'OWN').address).toContain('survey_code=a%26b');
    expect(completionOf(sona, 'screened-out', { id: '7' }, null)).toEqual({ code: null, address: null });
    expect(completionOf(null, 'done', null, 'OWN')).toEqual({ code: null, address: null });
  });
});

describe('recruitmentProblems', () => {
  it('names what would not work, and has nothing against what does', () => {
    expect(recruitmentProblems(prolific)).toEqual([]);
    expect(recruitmentProblems(sona)).toEqual([]);
    const said = (change: Partial<Recruitment>) => recruitmentProblems({ ...prolific, ...change }).join(' ');
    expect(said({ codes: {} })).toContain('completed study');
    expect(said({ codes: { done: 'A', 'no-consent': 'A' } })).toContain('same code');
    expect(said({ codes: { done: 'A B' } })).toContain('The code for done');
    expect(said({ platform: 'sona', codes: {}, returnTo: 'http://x/{id}' })).toContain('https://');
    expect(said({ platform: 'sona', codes: {}, returnTo: 'https://x/' })).toContain('{id}');
  });
});
