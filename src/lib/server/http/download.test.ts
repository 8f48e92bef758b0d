import { describe, expect, it } from 'vitest';
import { downloadHeaders } from './download.ts';

describe('downloadHeaders', () => {
  it('names a file in plain letters for old clients and in its own for the others', () => {
    expect(downloadHeaders('质量@2 (a)-links.csv', 'text/csv')['Content-Disposition']).toBe(
      `attachment; filename="__@2 _a_-links.csv"; filename*=UTF-8''%E8%B4%A8%E9%87%8F%402%20%28a%29-links.csv`
    );
  });

  it('lets no quote or line break into the header', () => {
    const header = downloadHeaders('a"b\r\nX: y.csv', 'text/csv')['Content-Disposition'] as string;
    expect(header.match(/"/g)).toHaveLength(2);
    expect(header).not.toMatch(/[\r\n]/);
  });
});
