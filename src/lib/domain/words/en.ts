import { peopleQuestion } from '../prompts/wording.ts';
import { answerScale } from '../scales.ts';
import { LETTERS } from './letters.ts';
import type { AskedDesign, KeyHelp, Words } from './words.ts';

const NUMBERS: Readonly<Record<number, string>> = { 2: 'two', 3: 'three', 4: 'four', 5: 'five', 6: 'six' };

const quality = ['Bad', 'Poor', 'Fair', 'Good', 'Excellent'] as const;
const impairment = [
  'Very annoying',
  'Annoying',
  'Slightly annoying',
  'Perceptible but not annoying',
  'Imperceptible'
] as const;
const comparison = [
  'Much worse',
  'Worse',
  'Slightly worse',
  'About the same',
  'Slightly better',
  'Better',
  'Much better'
] as const;

function task(design: AskedDesign): string {
  const against = design.fullReference ? ', against the reference' : '';
  switch (answerScale(design)) {
    case 'dcr-5':
      return 'How visible and annoying is the impairment, against the reference?';
    case 'pair':
      return `Which image has the better quality${against}?`;
    case 'ccr-7':
      return `How good is the second image, compared to the first${against}?`;
    case 'ranking':
      return `Order the ${NUMBERS[design.groupSize ?? 4]} images by quality${against}.`;
    default:
      return `How good is the quality of the image${against}?`;
  }
}

function keyList(design: AskedDesign): KeyHelp {
  return [
    ...ownKeys(design),
    ...(design.fullReference ? ([['R, held', 'the reference in place of the image']] as const) : []),
    ['Enter', 'confirm and go on'],
    ['Backspace', 'take the answer back before confirming'],
    ['?', 'this list']
  ];
}

function ownKeys(design: AskedDesign): KeyHelp {
  const size = design.groupSize ?? 4;
  switch (answerScale(design)) {
    case 'continuous-100':
      return [
        ['← →', 'one step down or up'],
        ['Page Down, Page Up', 'ten steps'],
        ['Home, End', '0 or 100'],
        ['Digits', 'a number from 0 to 100']
      ];
    case 'acr-5':
      return [['1 to 5', quality.join(', ')]];
    case 'acr-9':
      return [['1 to 9', '1 Bad, 3 Poor, 5 Fair, 7 Good, 9 Excellent; the others lie between']];
    case 'dcr-5':
      return [['1 to 5', impairment.join(', ')]];
    case 'pair':
      return [
        ['←', 'the first image, on the left'],
        ['→', 'the second image, on the right'],
        ...(design.allowTies ? ([['↓', 'the same quality']] as const) : [])
      ];
    case 'ccr-7':
      return [
        ['← →', 'one step towards much worse or much better'],
        ['↓', 'about the same'],
        ['1 to 7', comparison.join(', ')]
      ];
    case 'ranking':
      return [
        [
          `1 to ${size}`,
          `the place of the marked image: 1 is the worst, ${size} the best; the next image is marked`
        ],
        ['← →', 'mark another image'],
        [`A to ${LETTERS[size - 1]}`, 'mark that image'],
        ...(design.allowTies
          ? ([['Same place', 'two images of the same quality may share one']] as const)
          : [])
      ];
  }
}

export const en: Words = {
  name: 'English',
  dir: 'ltr',
  labels: { quality, impairment, comparison },
  question: peopleQuestion,

  trial: {
    title: 'Picture quality',
    task,
    practice: 'Practice.',
    trap: (design, side) => {
      const left = side === 'left';
      switch (answerScale(design)) {
        case 'pair':
          return `To see that this line is read: choose the ${left ? 'first' : 'second'} image here, whatever you see.`;
        case 'ranking':
          return `To see that this line is read: put image ${left ? 'A' : LETTERS[(design.groupSize ?? 4) - 1]} alone on the best place, whatever you see.`;
        default:
          return `To see that this line is read: choose the far ${side} of the scale, whatever you see.`;
      }
    },
    answer: 'Answer',
    keysButton: 'Keys (?)',
    undo: 'Undo',
    confirm: 'Confirm',
    reference: 'Reference',
    holdReference: 'Reference (hold R)',
    image: 'The image',
    firstImage: 'First image',
    secondImage: 'Second image',
    imageNamed: (letter) => `Image ${letter}`,
    quality: 'Quality',
    impairment: 'Impairment',
    better: 'Better quality',
    comparison: 'The second image, compared to the first',
    first: 'First',
    second: 'Second',
    same: 'Same',
    notSet: 'not set yet',
    worst: 'worst',
    best: 'best',
    withoutPlace: 'Without a place',
    putOnPlace: (letter, place, end) => `${place}${end === null ? '' : ` ${end}`}: put image ${letter} here`,
    onPlace: (letter, place) => `${letter} on place ${place}.`,
    marked: (letter) => `Image ${letter} is marked.`,
    progress: 'Answered',
    trialOf: (trial, total) => `Trial ${trial} of ${total}`
  },

  keys: { title: 'Keys', questionTitle: 'The question', close: 'Close', list: keyList },

  tooSmall: {
    title: 'This window is too small for the next pictures',
    needs: (wanted, has) =>
      `The study shows its pictures pixel for pixel. They need a window whose inside is at least ${wanted.width} × ${wanted.height}; this one has ${has.width} × ${has.height}.`,
    what: 'Make the window larger, use the full screen, or open the same link on a larger screen. The study goes on by itself as soon as there is room, and nothing is lost.',
    fullScreen: 'Full screen',
    cannot: 'I have no larger window: end here'
  },

  notices: {
    keptHere: (waiting) =>
      waiting === 1
        ? 'Waiting for the connection: 1 answer is kept here until the lab has it.'
        : `Waiting for the connection: ${waiting} answers are kept here until the lab has them.`,
    offline: 'No connection. Your answers are kept and sent later; you can go on.',
    picturesLate: 'The next pictures have not arrived yet. Please wait; nothing is lost.',
    movedOn: 'That one was answered in another window; this is the next.',
    nothingLasts: 'This browser keeps nothing: leave the page open until the end.',
    keptInBrowser: 'Your answers are kept in this browser; open your link again.',
    otherPlace: 'This browser has another place in this study now. Open the link again.',
    needsScript:
      'The trials need JavaScript: turn it on for this page and reload it. Nothing is lost; your place is kept.'
  },

  refusals: {
    'bad-request': 'The lab could not read an answer.',
    'no-such-trial': 'The lab does not know this trial.',
    'not-sitting': 'Your part in this study was ended.',
    'other-sitting': 'An answer belongs to another sitting; reload the page.',
    'no-sitting': 'Nobody sits here; open the link again.',
    closed: 'The study is closed.',
    unknown: 'This link is not valid, or no longer.',
    'too-large': 'The lab could not take an answer.',
    'too-many': 'The lab is busy.'
  },

  welcome: {
    title: 'Judging the quality of pictures',
    whatToDo: 'What to do',
    sitAsUsual:
      'Sit as you usually do, with the whole picture in view, and leave the window’s size and zoom as they are.',
    agree: 'I agree, begin',
    decline: 'I do not agree',
    agreed: (version) => `By beginning you agree to the text above (version ${version}).`,
    languages: 'Languages'
  },

  sitting: {
    questionsBefore: 'Before you begin',
    questionsAfter: 'At the end',
    goOn: 'Go on',
    skip: 'I cannot do this',
    needsScript: 'This step needs JavaScript: turn it on for this page and reload it.',
    breakTitle: 'A break',
    breakText: (done, total) =>
      `${done} of ${total} answered. Rest your eyes as long as you like; everything is kept.`,
    againTitle: 'This part begins again',
    againText:
      'You were away for a while. So that this part is judged in one go, its images are shown once more; the parts before it are kept.',
    practice: {
      title: 'Practice',
      text: (trials) =>
        `First ${trials === 1 ? 'one trial' : `${trials} trials`} to practise. They show the range of quality that you will meet: take their worst and their best as the two ends of your answers, and use everything between. What you answer there is not counted.`,
      overTitle: 'The practice is over',
      over: 'From here on every answer counts. Keep to the range that you have just seen.',
      feedbackTitle: 'What others said',
      feedback: (others, own) =>
        `On average, from 0 (worst) to 100 (best): ${others.map(([picture, quality]) => `${picture} ${quality}`).join(', ')}.${own === null ? '' : ` You said ${own}.`}`
    },
    size: {
      title: 'How large your screen is',
      text: 'Hold a bank card (or any card of that size) against the screen and make the frame exactly as wide.',
      label: 'Width of the frame'
    },
    distance: {
      title: 'How far away you sit',
      text: 'Sit as you will sit. Cover your right eye and look at the square all the time. A dot moves to the left: press the button, or the space bar, in the moment in which you do not see it any more.',
      vanished: 'It vanished',
      again: (left) => (left === 1 ? 'Once more' : `${left} times more`)
    },
    acuity: {
      title: 'How fine you see',
      text: 'On which side is the ring open? Use the arrow keys or the buttons; guess where you are not sure.',
      up: 'Up',
      right: 'Right',
      down: 'Down',
      left: 'Left'
    },
    colour: {
      title: 'Colours',
      text: 'Which digit do you see among the dots?',
      label: 'The digit',
      nothing: 'I see none'
    },
    contrast: {
      title: 'Dark and light',
      text: 'Count the squares that you can tell from what surrounds them. Leave the screen’s brightness as it is.',
      dark: 'Squares in the dark strip',
      light: 'Squares in the light strip'
    }
  },

  closed: {
    title: 'This study is closed',
    text: 'It takes no new participants any more. Thank you for coming.'
  },

  back: {
    code: 'Your code:',
    copy: 'Copy',
    copied: 'Copied',
    goBack: 'Back to where you came from',
    declinedTitle: 'You do not take part',
    declined: 'Nothing was stored. You may close this page.',
    fullTitle: 'All places are taken',
    full: 'Enough people take part at the moment. Thank you for coming; nothing was stored.',
    endedTitle: 'Your part has ended',
    ended: 'What you answered is stored. You may close this page.',
    screenedOut: 'The study needs a larger window than this screen has. Thank you for coming.',
    timedOut:
      'This study is done in one go, and you were away for longer than it allows. What you answered is stored. You may close this page.',
    previewTitle: 'A preview',
    preview: 'Accept the task first; the link in it then leads to the study.'
  },

  done: {
    title: 'Thank you',
    stored: (answers) =>
      `${answers === 1 ? 'Your answer is' : `All ${answers} answers are`} stored, and the study is complete for you. You may close this page.`
  },

  errors: {
    leadsNowhere: 'This link leads nowhere',
    checkLink: 'Check that the whole link was copied, or ask whoever gave it to you for another one.',
    didNotWork: 'This did not work',
    answersKept:
      'Answers that you gave are kept. Open your link again; if this page comes back, tell whoever invited you.',
    inLog: 'The lab’s log has it under',
    noConsent: 'The consent was not given, or to another text.'
  },

  consent: [
    'You are invited to judge the quality of pictures. There are no right or wrong answers: what counts is what you see.',
    'Your answers, how long each took, and facts about your screen and browser window are stored. No name, e-mail address or camera picture is asked for.',
    'Taking part is voluntary. You may stop at any time by closing the page, and come back to the same place with the same link.'
  ]
};
