/** What a token of the API may do. A token has some of these, and none includes another. */
export const SCOPES = ['read', 'write', 'run', 'people'] as const;
export type Scope = (typeof SCOPES)[number];

/** In the words of the page where tokens are made. */
export const SCOPE_SAYS: Readonly<Record<Scope, string>> = {
  read: 'datasets, studies, runs, models and results',
  write: 'make subsets, studies and rater links, bring votes',
  run: 'start, pause and end runs: this spends money',
  people: 'sittings: devices, what raters said of themselves, their ids'
};

/** The scopes among some words; `unknown` are the words that are none. Each once, in the order of `SCOPES`. */
export function readScopes(words: readonly string[]): { scopes: Scope[]; unknown: string[] } {
  const said = words.map((word) => word.trim()).filter((word) => word !== '');
  return {
    scopes: SCOPES.filter((scope) => said.includes(scope)),
    unknown: said.filter((word) => !(SCOPES as readonly string[]).includes(word))
  };
}
