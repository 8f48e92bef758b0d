import type { Protocol, ScaleKind, StudyDesign } from '#lib/domain/study.ts';

/** Every string of the trial and the pages round it that is not the study's own text. */

/** The grades of ITU-R BT.500 and ITU-T P.910, from the lowest. */
export const GRADES = ['Bad', 'Poor', 'Fair', 'Good', 'Excellent'] as const;

/** What the pictures of a group are called, in the order shown; also the keys that pick one. */
export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/** One line that says what to do. */
export function task(design: Pick<StudyDesign, 'protocol' | 'scale'> & { fullReference: boolean }): string {
  const against = design.fullReference ? ', against the reference' : '';
  switch (design.protocol) {
    case 'single-stimulus':
      return `How good is the quality of the image${against}?`;
    case 'double-stimulus':
      return `Which image has the better quality${against}?`;
    case 'multiple-stimulus':
      return `Order the four images by quality${against}.`;
  }
}

export type KeyHelp = [keys: string, does: string][];

export function keysOf(
  protocol: Protocol,
  scale: ScaleKind,
  allowTies: boolean,
  fullReference: boolean
): KeyHelp {
  const own: Record<Protocol, KeyHelp> = {
    'single-stimulus':
      scale === 'acr-5'
        ? [['1 to 5', 'Bad, Poor, Fair, Good, Excellent']]
        : [
            ['← →', 'one step down or up'],
            ['Page Down, Page Up', 'ten steps'],
            ['Home, End', '0 or 100'],
            ['Digits', 'a number from 0 to 100']
          ],
    'double-stimulus': [
      ['←', 'the first image, on the left'],
      ['→', 'the second image, on the right'],
      ...(allowTies ? ([['↓', 'the same quality']] as KeyHelp) : [])
    ],
    'multiple-stimulus': [
      ['1 to 4', 'the place of the marked image: 1 is the worst, 4 the best; the next image is marked'],
      ['← →', 'mark another image'],
      ['A to D', 'mark that image'],
      ...(allowTies ? ([['Same place', 'two images of the same quality may share one']] as KeyHelp) : [])
    ]
  };
  return [
    ...own[protocol],
    ...(fullReference ? ([['R, held', 'the reference in place of the image']] as KeyHelp) : []),
    ['Enter', 'confirm and go on'],
    ['Backspace', 'take the answer back before confirming'],
    ['?', 'this list']
  ];
}
