/** What a person agrees to before a sitting. The version is recorded with the consent: a changed text is a new version. */
export interface ConsentText {
  version: string;
  paragraphs: readonly string[];
}

export function consentText(): ConsentText {
  return {
    version: '1',
    paragraphs: [
      'You are invited to judge the quality of pictures. There are no right or wrong answers: what counts is what you see.',
      'Your answers, how long each took, and facts about your screen and browser window are stored. No name, e-mail address or camera picture is asked for.',
      'Taking part is voluntary. You may stop at any time by closing the page, and come back to the same place with the same link.'
    ]
  };
}
