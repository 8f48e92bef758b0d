import type { AttentionRule, SittingPlan } from '#lib/domain/sitting-plan.ts';
import type { PlanFields } from './plan-fields.ts';

type Rules = Pick<SittingPlan, 'attention' | 'payable' | 'usable' | 'resume'>;

/** The rules of a sitting as the form has them. */
export function fieldsOfRules({ attention, payable, usable, resume }: Rules) {
  const written = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    attentionTraps: written(attention?.trapMisses),
    attentionGold: written(attention?.gold),
    payableReached: written(payable?.reached),
    payableAttention: payable?.attention ?? false,
    usableFinished: usable?.finished ?? false,
    usableGold: written(usable?.gold),
    usableTraps: written(usable?.trapMisses),
    usableRepeats: written(usable?.repeats),
    usableMedian: written(usable?.medianMs),
    usableSame: written(usable?.sameShare),
    usableGap: written(usable?.gapMinutes),
    resumeMinutes: written(resume?.withinMinutes),
    resumeThen: resume?.then ?? ('ends' as const)
  };
}

/** The inverse; what the form leaves empty is absent. */
export function rulesOf(fields: PlanFields, orNone: (label: string, value: string) => number | null): Rules {
  const some = <T extends object>(rule: T): T | undefined =>
    Object.keys(rule).length === 0 ? undefined : rule;
  const part = <K extends string>(name: K, label: string, value: string) => {
    const number = orNone(label, value);
    return (number === null ? {} : { [name]: number }) as { [name in K]?: number };
  };
  // Rules about what the study has not are not seen in the form: they say nothing.
  const gold = String(fields.goldEnds ?? '') !== '' || fields.goldTrials.trim() !== '';
  const traps = String(fields.traps ?? '') !== '';
  const twice = fields.bothOrders || !['', '0'].includes(String(fields.repeats ?? '').trim());
  const where = <T extends object>(there: boolean, rule: T): Partial<T> => (there ? rule : {});
  const attention: AttentionRule | undefined = some({
    ...where(traps, part('trapMisses', 'Traps that may be missed', fields.attentionTraps)),
    ...where(gold, part('gold', 'Gold for attention', fields.attentionGold))
  });
  const payable = some({
    ...part('reached', 'Payable from', fields.payableReached),
    ...(fields.payableAttention && attention !== undefined ? { attention: true as const } : {})
  });
  const usable = some({
    ...(fields.usableFinished ? { finished: true as const } : {}),
    ...where(gold, part('gold', 'Gold of a usable sitting', fields.usableGold)),
    ...where(traps, part('trapMisses', 'Traps that a usable sitting may miss', fields.usableTraps)),
    ...where(twice, part('repeats', 'Repeats of a usable sitting', fields.usableRepeats)),
    ...part('medianMs', 'The median response of a usable sitting', fields.usableMedian),
    ...part('sameShare', 'The share of one answer', fields.usableSame),
    ...part('gapMinutes', 'The longest pause', fields.usableGap)
  });
  const minutes = orNone('Minutes to come back', fields.resumeMinutes);
  return {
    ...(attention === undefined ? {} : { attention }),
    ...(payable === undefined ? {} : { payable }),
    ...(usable === undefined ? {} : { usable }),
    ...(minutes === null ? {} : { resume: { withinMinutes: minutes, then: fields.resumeThen } })
  };
}
