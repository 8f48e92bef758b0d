/**
 * Where a study's pages lie. The address ("name" or "name@2") is escaped as a path segment, but for "@" and "+", which
 * paths may hold and browsers leave as they are.
 */
export function studyPath(address: string, below = ''): string {
  return `/studies/${encodeURIComponent(address).replaceAll('%40', '@').replaceAll('%2B', '+')}${below}`;
}
