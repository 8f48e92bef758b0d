/** What the observer would not or could not do. */
const TASKS =
  '(?:assist|help|comply|fulfil+|provide|give|offer|assign|rate|evaluate|assess|score|rank|compare|judge|analy[sz]e|process|determine|perform|complete|do (?:that|this)|answer|respond|continue|engage|make)';
const PICTURES =
  '(?:the |any |these |this |those |your |that |attached |uploaded |provided )*(?:image|picture|photo|attachment|file|visual content)';

const REFUSALS: readonly RegExp[] = [
  /\bi(?:'m| am) (?:\w+ )?sorry\b/i,
  /\b(?:sorry|apologi[sz]e|apologies|regret)\b[^.\n]{0,40}\b(?:can't|cannot|can not|unable|not able|won't)\b/i,
  /\bmy apologies\b/i,
  new RegExp(
    `\\b(?:can't|cannot|can not|could not|couldn't|unable to|not able to|won't|will not|not going to|not comfortable|must decline to|have to decline to|decline to)\\b(?: \\w+){0,2} ${TASKS}\\b`,
    'i'
  ),
  new RegExp(
    `\\b(?:can't|cannot|can not|could not|couldn't|unable to|not able to|don't have the ability to|no ability to|do not have the ability to)\\b(?: \\w+){0,2} (?:see|view|access|open|display|load|perceive|interpret)\\b ?${PICTURES}`,
    'i'
  ),
  /\b(?:no|not see any|don't see any|do not see any|didn't receive any|did not receive any|without any) (?:image|picture|photo)s?\b[^.\n]{0,30}\b(?:attached|provided|uploaded|included|here|in (?:your|this|our))/i,
  /\bas an? (?:ai|artificial intelligence|large language|language|text[- ]based|text[- ]only|virtual)\b/i,
  /\b(?:against|violates?) (?:my|our|the) (?:guidelines|polic|programming|usage)/i,
  /(?:我|很)?(?:无法|不能|没有能力|没办法)(?:直接|为您|为你|对|给)?.{0,12}(?:提供|评估|评价|协助|帮助|查看|看到|处理|回答|满足|分析|评分|打分|比较|判断|完成)/,
  /(?:抱歉|对不起|很遗憾).{0,20}(?:无法|不能|没有)/,
  /作为一?(?:个|款|名)?(?:AI|人工智能|语言模型|大型语言模型)/i,
  /\bes tut mir leid\b|\bals ki\b|\bkann ich (?:leider )?nicht\b/i,
  /\bje suis désolée?\b|\bje ne peux pas\b|\bje ne suis pas en mesure\b/i,
  /\blo siento\b|\bno puedo (?:ayudar|proporcionar|evaluar|asignar|ver)\b/i,
  /申し訳(?:ありません|ございません)|お手伝いできません|できかねます/
];

/** Whether the words decline the task. Asked only where no answer stands in its place. */
export function soundsLikeRefusal(text: string): boolean {
  return REFUSALS.some((pattern) => pattern.test(text));
}
