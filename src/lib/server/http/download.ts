/** Headers of a file that the browser saves under its name, whatever script that is written in (RFC 6266). */
export function downloadHeaders(fileName: string, mediaType: string): Record<string, string> {
  const plain = fileName.replaceAll(/[^\w.@ -]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return {
    'Content-Type': mediaType,
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
  };
}
