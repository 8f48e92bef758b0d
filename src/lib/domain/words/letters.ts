/** What the pictures of a group are called, in the order shown; also the keys that pick one. The same in every language. */
export const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
