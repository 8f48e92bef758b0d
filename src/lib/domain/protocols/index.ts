import type { Protocol } from '../study.ts';
import { doubleStimulus } from './double-stimulus.ts';
import { multipleStimulus } from './multiple-stimulus.ts';
import type { ProtocolRules } from './protocol.ts';
import { singleStimulus } from './single-stimulus.ts';

/** The rules of each protocol: `protocols[design.protocol].validateAnswer(…)`. */
export const protocols: Readonly<Record<Protocol, ProtocolRules>> = {
  'single-stimulus': singleStimulus,
  'double-stimulus': doubleStimulus,
  'multiple-stimulus': multipleStimulus
};
