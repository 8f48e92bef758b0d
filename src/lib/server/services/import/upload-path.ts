/**
 * Why a name that came with an upload cannot be a file in it, or null where it can. Names are relative paths with
 * forward slashes; nothing that could lead out of the upload's folder, and nothing that a disk would take otherwise
 * than it was said.
 */
export function uploadPathProblem(path: string): string | null {
  if (path === '') return 'has no name';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'has an absolute name';
  if (path.includes('\\')) return 'has a backslash in its name';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in its name';
  const parts = path.split('/');
  if (parts.some((part) => part === '..' || part === '.')) return 'has a name that leads out of its folder';
  if (parts.some((part) => part === '')) return 'has an empty folder in its name';
  const bytes = new TextEncoder();
  if (parts.length > 32 || parts.some((part) => bytes.encode(part).length > 200))
    return 'has too long a name';
  if (!/\.(png|jpe?g|webp|bmp|gif|tiff?|avif|heic|csv|txt|xlsx)$/i.test(path)) {
    return 'is neither a picture nor a list (.csv, .txt, .xlsx)';
  }
  return null;
}

/** Files that systems leave in folders: passed over without a word. */
export function isPassedOver(path: string): boolean {
  return path
    .split('/')
    .some(
      (part) =>
        (part.startsWith('.') && part !== '.' && part !== '..') ||
        /^(__MACOSX|Thumbs\.db|desktop\.ini)$/.test(part)
    );
}
