import type { TrapSide } from '../known-answer.ts';
import type { AnswerScale } from '../scales.ts';
import type { StudyDesign } from '../study.ts';

/** A language that the rating room speaks. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a trial's words depend on. */
export type AskedDesign = Pick<StudyDesign, 'protocol' | 'scale' | 'allowTies' | 'groupSize'> & {
  fullReference: boolean;
};

export type KeyHelp = readonly (readonly [keys: string, does: string])[];

/** Why the server does not take what it was sent; its own sentence is for logs and programs. */
export type RefusalCode =
  | 'bad-request'
  | 'no-such-trial'
  | 'not-sitting'
  | 'other-sitting'
  | 'no-sitting'
  | 'closed'
  | 'unknown'
  | 'too-large'
  | 'too-many';

/**
 * Every sentence of the rating room that is not a study's own text, in one language: a language that lacks one does not
 * compile. Sentences with figures are functions, so that each language counts in its own way.
 */
export interface Words {
  /** As its speakers call it. */
  name: string;
  /** Which way it runs. */
  dir: 'ltr' | 'rtl';

  /** The labels of the standards' scales, lowest first. */
  labels: {
    /** ITU-R BT.500, ITU-T P.910: five words of quality. */
    quality: readonly [string, string, string, string, string];
    /** Five words of impairment, worst first. */
    impairment: readonly [string, string, string, string, string];
    /** Seven words of comparison, −3 to +3: the second against the first. */
    comparison: readonly [string, string, string, string, string, string, string];
  };

  /** What people read before the trials, where the study says nothing of its own. */
  question(
    design: Pick<StudyDesign, 'protocol' | 'scenario' | 'scale' | 'allowTies' | 'attributes' | 'groupSize'>
  ): string;

  trial: {
    /** The page's name. */
    title: string;
    /** One line that says what to do. */
    task(design: AskedDesign): string;
    practice: string;
    /** Instead of the task: asks for one end of the answer, to see whether it is read. */
    trap(design: AskedDesign, side: TrapSide): string;
    answer: string;
    keysButton: string;
    undo: string;
    confirm: string;
    reference: string;
    holdReference: string;
    image: string;
    firstImage: string;
    secondImage: string;
    imageNamed(letter: string): string;
    quality: string;
    impairment: string;
    better: string;
    comparison: string;
    first: string;
    second: string;
    same: string;
    notSet: string;
    worst: string;
    best: string;
    withoutPlace: string;
    /** Begins with what is seen there, for those who speak to their browser; `end`: the worst or the best of all. */
    putOnPlace(letter: string, place: number, end: 'worst' | 'best' | null): string;
    onPlace(letter: string, place: number): string;
    marked(letter: string): string;
    progress: string;
    trialOf(trial: number, total: number): string;
  };

  keys: {
    title: string;
    questionTitle: string;
    close: string;
    list(design: AskedDesign): KeyHelp;
  };

  tooSmall: {
    title: string;
    needs(wanted: { width: number; height: number }, has: { width: number; height: number }): string;
    what: string;
    fullScreen: string;
    cannot: string;
  };

  notices: {
    keptHere(waiting: number): string;
    offline: string;
    picturesLate: string;
    movedOn: string;
    nothingLasts: string;
    /** After a refusal's sentence. */
    keptInBrowser: string;
    otherPlace: string;
    needsScript: string;
  };

  refusals: Readonly<Record<RefusalCode, string>>;

  welcome: {
    title: string;
    whatToDo: string;
    sitAsUsual: string;
    agree: string;
    decline: string;
    agreed(version: string): string;
    languages: string;
  };

  /** Round the trials: questions, checks of screen and eyes, breaks. */
  sitting: {
    questionsBefore: string;
    questionsAfter: string;
    goOn: string;
    skip: string;
    needsScript: string;
    breakTitle: string;
    breakText(done: number, total: number): string;
    /** The block begins again, since somebody was away for too long. */
    againTitle: string;
    againText: string;
    practice: {
      title: string;
      /** So many trials; anchors the range of answers in the range of what is to come. */
      text(trials: number): string;
      overTitle: string;
      over: string;
      /** After an answer of training with feedback. */
      feedbackTitle: string;
      /** What people gave each picture, on average, on 0–100; and what this person gave, of a score alone. */
      feedback(others: readonly (readonly [picture: string, quality: string])[], own: string | null): string;
    };
    size: { title: string; text: string; label: string };
    distance: { title: string; text: string; vanished: string; again(left: number): string };
    acuity: { title: string; text: string; up: string; right: string; down: string; left: string };
    colour: { title: string; text: string; label: string; nothing: string };
    contrast: { title: string; text: string; dark: string; light: string };
  };

  closed: { title: string; text: string };

  /** What a person who came by a service takes back, and why they do not sit. */
  back: {
    code: string;
    copy: string;
    copied: string;
    goBack: string;
    declinedTitle: string;
    declined: string;
    fullTitle: string;
    full: string;
    endedTitle: string;
    ended: string;
    screenedOut: string;
    timedOut: string;
    previewTitle: string;
    preview: string;
  };

  done: {
    title: string;
    stored(answers: number): string;
  };

  errors: {
    leadsNowhere: string;
    checkLink: string;
    didNotWork: string;
    answersKept: string;
    inLog: string;
    noConsent: string;
  };

  consent: readonly string[];
}

/** Whether an answer on this scale is one of some grades. */
export function labelsOf(words: Words, scale: AnswerScale): readonly string[] {
  switch (scale) {
    case 'dcr-5':
      return words.labels.impairment;
    case 'ccr-7':
      return words.labels.comparison;
    default:
      return words.labels.quality;
  }
}
