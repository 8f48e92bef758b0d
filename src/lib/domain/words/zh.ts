import { attributeList } from '../prompts/wording.ts';
import { answerScale } from '../scales.ts';
import { DEFAULT_ATTRIBUTES } from '../study.ts';
import { LETTERS } from './letters.ts';
import type { AskedDesign, KeyHelp, Words } from './words.ts';

const NUMBERS: Readonly<Record<number, string>> = { 2: '两', 3: '三', 4: '四', 5: '五', 6: '六' };

const quality = ['劣', '差', '中', '良', '优'] as const;
const impairment = ['非常讨厌', '讨厌', '稍有讨厌', '可察觉，但不讨厌', '不可察觉'] as const;
const comparison = ['差得多', '差', '稍差', '相同', '稍好', '好', '好得多'] as const;

/** The standard attributes in Chinese; a study's own ones stay as they were written. */
const ATTRIBUTES: Readonly<Record<string, string>> = Object.fromEntries(
  DEFAULT_ATTRIBUTES.map((attribute, index) => [
    attribute,
    ['结构与纹理的保持', '颜色与亮度的还原', '噪声', '对比度', '清晰度', '其他任何低层失真'][index] ??
      attribute
  ])
);

function terms(attributes: readonly string[]): string {
  if (attributes.length === 0) return attributeList(attributes);
  const translated = attributes.map((attribute) => ATTRIBUTES[attribute] ?? attribute);
  const last = translated.at(-1) as string;
  return translated.length === 1 ? last : `${translated.slice(0, -1).join('、')}以及${last}`;
}

const question: Words['question'] = (design) => {
  const reference =
    design.scenario === 'full-reference'
      ? design.protocol === 'single-stimulus'
        ? '标为“参考”的图像是未失真的原图。请以它为准评判另一幅图像。'
        : '标为“参考”的图像是未失真的原图，它本身不参加评判：请以它为准评判其他图像。'
      : '';
  const by = `请根据${terms(design.attributes)}，`;
  switch (answerScale(design)) {
    case 'continuous-100':
      return `${reference}${by}为图像的感知质量打分。分数在 0 到 100 之间，分数越高表示图像质量越好。`;
    case 'acr-5':
      return `${reference}${by}为图像的感知质量打分。分数为五个等级之一：劣（1）、差（2）、中（3）、良（4）、优（5）。`;
    case 'acr-9':
      return `${reference}${by}为图像的感知质量打分。分数为九个等级之一：1 为劣，3 为差，5 为中，7 为良，9 为优，其余等级介于相邻两者之间。`;
    case 'dcr-5':
      return `${reference}${by}评定图像的损伤程度。分数为五个等级之一：非常讨厌（1）、讨厌（2）、稍有讨厌（3）、可察觉，但不讨厌（4）、不可察觉（5）。`;
    case 'pair':
      return (
        `${reference}${by}比较两幅图像的感知质量。第一幅质量更好时选“第一幅”，第二幅质量更好时选“第二幅”` +
        (design.allowTies ? '，两幅质量相同时选“相同”。' : '。')
      );
    case 'ccr-7':
      return `${reference}${by}评定第二幅图像与第一幅相比的质量：差得多（−3）、差（−2）、稍差（−1）、相同（0）、稍好（+1）、好（+2）、好得多（+3）。`;
    case 'ranking':
      return (
        `${reference}${by}按感知质量由低到高为${NUMBERS[design.groupSize ?? 4]}幅图像排序。` +
        (design.allowTies ? '如果认为有些图像质量相同，它们的名次可以相同。' : '')
      );
  }
};

function task(design: AskedDesign): string {
  const against = design.fullReference ? '与参考图像相比，' : '';
  switch (answerScale(design)) {
    case 'dcr-5':
      return '与参考图像相比，损伤的可见和讨厌程度如何？';
    case 'pair':
      return `${against}哪幅图像的质量更好？`;
    case 'ccr-7':
      return `${against}第二幅图像的质量与第一幅相比如何？`;
    case 'ranking':
      return `${against}请按质量为${NUMBERS[design.groupSize ?? 4]}幅图像排序。`;
    default:
      return `${against}这幅图像的质量如何？`;
  }
}

function keyList(design: AskedDesign): KeyHelp {
  return [
    ...ownKeys(design),
    ...(design.fullReference ? ([['按住 R', '在原处显示参考图像']] as const) : []),
    ['Enter', '确认并继续'],
    ['Backspace', '确认之前撤销答案'],
    ['?', '本列表']
  ];
}

function ownKeys(design: AskedDesign): KeyHelp {
  const size = design.groupSize ?? 4;
  switch (answerScale(design)) {
    case 'continuous-100':
      return [
        ['← →', '减一分或加一分'],
        ['Page Down、Page Up', '十分'],
        ['Home、End', '0 或 100'],
        ['数字键', '0 到 100 之间的一个数']
      ];
    case 'acr-5':
      return [['1 到 5', quality.join('、')]];
    case 'acr-9':
      return [['1 到 9', '1 劣，3 差，5 中，7 良，9 优，其余介于两者之间']];
    case 'dcr-5':
      return [['1 到 5', impairment.join('；')]];
    case 'pair':
      return [
        ['←', '第一幅，在左边'],
        ['→', '第二幅，在右边'],
        ...(design.allowTies ? ([['↓', '质量相同']] as const) : [])
      ];
    case 'ccr-7':
      return [
        ['← →', '朝差得多或好得多移一级'],
        ['↓', '相同'],
        ['1 到 7', comparison.join('、')]
      ];
    case 'ranking':
      return [
        [`1 到 ${size}`, `所选图像的名次：1 最差，${size} 最好；随后自动选中下一幅`],
        ['← →', '选中另一幅图像'],
        [`A 到 ${LETTERS[size - 1]}`, '选中该图像'],
        ...(design.allowTies ? ([['同一名次', '质量相同的图像可以同名次']] as const) : [])
      ];
  }
}

export const zh: Words = {
  name: '中文',
  dir: 'ltr',
  labels: { quality, impairment, comparison },
  question,

  trial: {
    title: '图像质量',
    task,
    practice: '练习。',
    trap: (design, side) => {
      const left = side === 'left';
      switch (answerScale(design)) {
        case 'pair':
          return `为确认您读了这一行：不论看到什么，这里请选${left ? '第一幅' : '第二幅'}图像。`;
        case 'ranking':
          return `为确认您读了这一行：不论看到什么，请将图像 ${left ? 'A' : LETTERS[(design.groupSize ?? 4) - 1]} 单独放在最好的位置。`;
        default:
          return `为确认您读了这一行：不论看到什么，请选标尺的最${left ? '左' : '右'}端。`;
      }
    },
    answer: '回答',
    keysButton: '按键（?）',
    undo: '撤销',
    confirm: '确认',
    reference: '参考',
    holdReference: '参考（按住 R）',
    image: '图像',
    firstImage: '第一幅图像',
    secondImage: '第二幅图像',
    imageNamed: (letter) => `图像 ${letter}`,
    quality: '质量',
    impairment: '损伤',
    better: '质量更好的图像',
    comparison: '第二幅与第一幅相比',
    first: '第一幅',
    second: '第二幅',
    same: '相同',
    notSet: '尚未设定',
    worst: '最差',
    best: '最好',
    withoutPlace: '尚未排名',
    putOnPlace: (letter, place, end) =>
      `${place}${end === null ? '' : end === 'worst' ? ' 最差' : ' 最好'}：把图像 ${letter} 放到这里`,
    onPlace: (letter, place) => `${letter} 在第 ${place} 位。`,
    marked: (letter) => `已选中图像 ${letter}。`,
    progress: '已回答',
    trialOf: (trial, total) => `第 ${trial} 题，共 ${total} 题`
  },

  keys: { title: '按键', questionTitle: '问题', close: '关闭', list: keyList },

  tooSmall: {
    title: '窗口太小，放不下接下来的图像',
    needs: (wanted, has) =>
      `本研究逐像素显示图像，窗口内部至少需要 ${wanted.width} × ${wanted.height}，现在是 ${has.width} × ${has.height}。`,
    what: '请放大窗口、使用全屏，或在更大的屏幕上打开同一链接。空间足够时研究会自动继续，什么也不会丢失。',
    fullScreen: '全屏',
    cannot: '我没有更大的窗口：到此结束'
  },

  notices: {
    keptHere: (waiting) => `正在等待网络连接：${waiting} 个答案保存在这里，直到实验室收到为止。`,
    offline: '网络已断开。您的答案已保存，稍后发送；您可以继续。',
    picturesLate: '接下来的图像尚未到达，请稍候；您的答案不会丢失。',
    movedOn: '那一题已在另一个窗口中回答；这是下一题。',
    nothingLasts: '此浏览器不保存数据：请在结束之前不要关闭页面。',
    keptInBrowser: '您的答案保存在此浏览器中；请重新打开您的链接。',
    otherPlace: '此浏览器现在在本研究中有另一个位置。请重新打开链接。',
    needsScript: '试验需要 JavaScript：请为本页启用它并重新加载。什么也不会丢失，您的位置已保留。'
  },

  refusals: {
    'bad-request': '实验室无法读取一个答案。',
    'no-such-trial': '实验室没有这一题。',
    'not-sitting': '您在本研究中的参与已结束。',
    'other-sitting': '有一个答案属于另一次参与；请重新加载页面。',
    'no-sitting': '此处没有参与记录；请重新打开链接。',
    closed: '本研究已结束。',
    unknown: '此链接无效，或已失效。',
    'too-large': '实验室无法接收一个答案。',
    'too-many': '实验室正忙。'
  },

  welcome: {
    title: '评判图像的质量',
    whatToDo: '要做什么',
    sitAsUsual: '请像平时一样坐好，让整幅图像都在视野之内，不要改变窗口的大小和缩放比例。',
    agree: '我同意，开始',
    decline: '我不同意',
    agreed: (version) => `开始即表示您同意以上内容（版本 ${version}）。`,
    languages: '语言'
  },

  sitting: {
    questionsBefore: '开始之前',
    questionsAfter: '结束时的问题',
    goOn: '继续',
    skip: '我做不了这一步',
    needsScript: '这一步需要 JavaScript：请为本页启用它并重新加载。',
    practice: {
      title: '练习',
      text: (trials) =>
        `先做 ${trials} 道练习题。它们展示您将遇到的质量范围：请以其中最差和最好的作为您回答的两端，并使用两端之间的全部范围。练习中的回答不计入结果。`,
      overTitle: '练习结束',
      over: '从现在起，每个回答都计入结果。请保持刚才看到的范围。',
      feedbackTitle: '其他人的评价',
      feedback: (others, own) =>
        `平均值，从 0（最差）到 100（最好）：${others.map(([picture, quality]) => `${picture} ${quality}`).join('，')}。${own === null ? '' : `您的回答是 ${own}。`}`
    },
    breakTitle: '休息一下',
    breakText: (done, total) => `已回答 ${done} 题，共 ${total} 题。请随意休息眼睛；一切都已保存。`,
    againTitle: '这一部分重新开始',
    againText: '您离开了一段时间。为了让这一部分一次评完，其中的图像会再显示一遍；之前各部分的答案都已保存。',
    size: {
      title: '您的屏幕有多大',
      text: '把一张银行卡（或同样大小的卡片）贴在屏幕上，把方框调到与它一样宽。',
      label: '方框的宽度'
    },
    distance: {
      title: '您坐得有多远',
      text: '请像接下来那样坐好。遮住右眼，一直看着方块。圆点会向左移动：在您看不见它的那一刻，按下按钮或空格键。',
      vanished: '它消失了',
      again: (left) => `还有 ${left} 次`
    },
    acuity: {
      title: '您看得有多细',
      text: '圆环的缺口在哪一边？请用方向键或按钮；不确定时请猜一个。',
      up: '上',
      right: '右',
      down: '下',
      left: '左'
    },
    colour: { title: '颜色', text: '您在圆点中看到哪个数字？', label: '数字', nothing: '看不到数字' },
    contrast: {
      title: '暗与亮',
      text: '请数一数能与背景区分开的方块。请不要改变屏幕亮度。',
      dark: '暗条中的方块数',
      light: '亮条中的方块数'
    }
  },

  closed: { title: '本研究已结束', text: '不再接受新的参与者。感谢您的到来。' },

  back: {
    code: '您的完成码：',
    copy: '复制',
    copied: '已复制',
    goBack: '返回您来的网站',
    declinedTitle: '您没有参加',
    declined: '没有保存任何内容。您可以关闭本页。',
    fullTitle: '名额已满',
    full: '目前参加的人数已足够。感谢您的到来；没有保存任何内容。',
    endedTitle: '您的参与已结束',
    ended: '您的回答已保存。您可以关闭本页。',
    screenedOut: '本研究需要的窗口比这块屏幕大。感谢您的到来。',
    timedOut: '本研究须一次完成，您离开的时间超过了允许的限度。您的回答已保存。您可以关闭本页。',
    previewTitle: '预览',
    preview: '请先接受任务；之后任务中的链接会带您进入研究。'
  },

  done: {
    title: '谢谢',
    stored: (answers) => `您的 ${answers} 个答案已全部保存，您的参与到此完成。您可以关闭本页。`
  },

  errors: {
    leadsNowhere: '此链接无效',
    checkLink: '请检查链接是否复制完整，或向给您链接的人另要一个。',
    didNotWork: '出了问题',
    answersKept: '您已给出的答案已保存。请重新打开您的链接；如果本页再次出现，请告诉邀请您的人。',
    inLog: '实验室日志中的编号是',
    noConsent: '您尚未同意，或同意的是另一份文本。'
  },

  consent: [
    '邀请您评判图像的质量。答案没有对错之分：重要的是您看到的。',
    '我们会保存您的答案、每次回答所用的时间，以及有关您的屏幕和浏览器窗口的信息。不会询问姓名、电子邮件地址，也不会使用摄像头。',
    '参与是自愿的。您可以随时关闭页面而停止，也可以用同一链接回到原来的位置。'
  ]
};
