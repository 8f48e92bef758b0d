/** Files in order, in groups of at most so many files and, unless one alone is larger, so many bytes. */
export function batches<T extends { size: number }>(
  files: readonly T[],
  maxFiles: number,
  maxBytes: number
): T[][] {
  const made: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const file of files) {
    if (current.length > 0 && (current.length >= maxFiles || bytes + file.size > maxBytes)) {
      made.push(current);
      current = [];
      bytes = 0;
    }
    current.push(file);
    bytes += file.size;
  }
  if (current.length > 0) made.push(current);
  return made;
}
