import type { Protocol, ReferencePlace, ScaleKind, Scenario } from '../study.ts';

/** A method of a standard as this lab can do it: what it sets, what of the method it follows, and what not. */
export interface Preset {
  id: string;
  /** As the standard calls it. */
  name: string;
  standard: string;
  /** What the dataset must be; null for either. */
  scenario: Scenario | null;
  design: {
    protocol: Protocol;
    scale: ScaleKind;
    allowTies: boolean;
    intervalMs: number;
    longestViewMs: number | null;
    shortestViewMs: number | null;
    hiddenRepeats: number;
    bothOrders: boolean;
    referencePlace: ReferencePlace;
  };
  follows: readonly string[];
  departs: readonly string[];
}

const BASE: Preset['design'] = {
  protocol: 'single-stimulus',
  scale: 'acr-5',
  allowTies: true,
  intervalMs: 2000,
  longestViewMs: null,
  shortestViewMs: null,
  hiddenRepeats: 0,
  bothOrders: false,
  referencePlace: 'auto'
};

const PICTURES = 'still pictures, where the standard speaks of video sequences';
const OWN_PACE = "each rater's own pace: no fixed time to vote";
const ROOM = "light, distance and display are the rater's own, recorded as far as the browser tells";

/** The standards' texts were not at hand when these were written: they follow the methods, and claim no compliance. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'acr',
    name: 'ACR',
    standard: 'ITU-T P.910, absolute category rating',
    scenario: 'no-reference',
    design: { ...BASE },
    follows: [
      'one picture at a time, five grades from Bad to Excellent',
      'grey of 2 s between two',
      'random order for each rater'
    ],
    departs: [PICTURES, OWN_PACE, ROOM]
  },
  {
    id: 'acr-9',
    name: 'ACR, nine grades',
    standard: 'ITU-T P.910, absolute category rating with more discrimination',
    scenario: 'no-reference',
    design: { ...BASE, scale: 'acr-9' },
    follows: ['nine grades, the five labels at every second', 'grey of 2 s between two'],
    departs: [PICTURES, OWN_PACE, ROOM]
  },
  {
    id: 'ss-continuous',
    name: 'Single stimulus, continuous',
    standard: 'ITU-R BT.500, single-stimulus methods',
    scenario: 'no-reference',
    design: { ...BASE, scale: 'continuous-100', intervalMs: 3000, longestViewMs: 10_000 },
    follows: [
      'a continuous scale with five labels',
      'the picture for 10 s, grey of 3 s',
      'surround of mid-grey'
    ],
    departs: ['the scale can be set while the picture is seen', OWN_PACE, ROOM]
  },
  {
    id: 'dcr',
    name: 'DCR',
    standard: 'ITU-T P.910, degradation category rating; BT.500 has the like as DSIS',
    scenario: 'full-reference',
    design: { ...BASE, scale: 'dcr-5', referencePlace: 'beside' },
    follows: [
      'the reference is known as such, five grades from Very annoying to Imperceptible',
      'grey of 2 s between two'
    ],
    departs: [
      'reference and picture side by side, where the standards show one after the other',
      PICTURES,
      OWN_PACE,
      ROOM
    ]
  },
  {
    id: 'dsis-in-place',
    name: 'DSIS, in place',
    standard: 'ITU-R BT.500, double-stimulus impairment scale (variant with free switching)',
    scenario: 'full-reference',
    design: { ...BASE, scale: 'dcr-5', referencePlace: 'in-place', intervalMs: 3000 },
    follows: [
      'reference and picture in one place, one after the other',
      'five grades of impairment',
      'grey of 3 s'
    ],
    departs: [
      'the rater switches by key as often as wanted, where the standard fixes order and times',
      OWN_PACE,
      ROOM
    ]
  },
  {
    id: 'ccr',
    name: 'CCR',
    standard: 'ITU-T P.800, comparison category rating',
    scenario: null,
    design: { ...BASE, protocol: 'double-stimulus', scale: 'ccr-7', bothOrders: true },
    follows: [
      'seven grades from Much worse to Much better, the second against the first',
      'each pair in both orders'
    ],
    departs: [
      'both pictures at once, where the standard plays one after the other',
      'any two stimuli are paired, not always a reference with its copy',
      OWN_PACE,
      ROOM
    ]
  },
  {
    id: 'pair-comparison',
    name: 'Pair comparison',
    standard: 'ITU-T P.910, PC',
    scenario: null,
    design: {
      ...BASE,
      protocol: 'double-stimulus',
      scale: 'continuous-100',
      allowTies: false,
      bothOrders: true
    },
    follows: ['which of two is better, without a tie', 'each pair in both orders'],
    departs: [
      'a connected part of all pairs: raise pairs per image for every one',
      'both pictures at once',
      OWN_PACE,
      ROOM
    ]
  },
  {
    id: 'ranking',
    name: 'Ranking',
    standard: 'BS ISO 20462-2 has the like for triplets; groups of two to six here',
    scenario: null,
    design: { ...BASE, protocol: 'multiple-stimulus', scale: 'continuous-100' },
    follows: ['pictures of one group are ordered by quality, all seen at once'],
    departs: ['groups of four unless changed, where ISO 20462-2 has three', OWN_PACE, ROOM]
  }
];

/** Methods that people ask for and this lab does not do, with what comes nearest. */
export const NOT_OFFERED: readonly { name: string; why: string }[] = [
  {
    name: 'ACR-HR',
    why: 'hidden references are no stimuli of a study here. Nearest: import the references among the stimuli, plan ACR, and take the difference of the scores from the export (DMOS stands in Methods)'
  },
  {
    name: 'DSCQS',
    why: 'it scores reference and picture both, without saying which is which, on two scales. Nearest: a double-stimulus study without a known reference'
  }
];

/** The fields of the plan form that a preset sets, by their names there. */
export function presetFields({ design }: Preset): Record<string, string> {
  return {
    sent: '1',
    protocol: design.protocol,
    scale: design.scale,
    ...(design.allowTies ? { ties: 'on' } : {}),
    ...(design.bothOrders ? { bothOrders: 'on' } : {}),
    interval: String(design.intervalMs),
    longest: design.longestViewMs === null ? '' : String(design.longestViewMs),
    shortest: design.shortestViewMs === null ? '' : String(design.shortestViewMs),
    repeats: String(design.hiddenRepeats),
    reference: design.referencePlace
  };
}
