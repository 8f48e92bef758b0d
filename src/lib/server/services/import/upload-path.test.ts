import { describe, expect, it } from 'vitest';
import { isPassedOver, uploadPathProblem } from './upload-path.ts';

describe('uploadPathProblem', () => {
  it('takes pictures and lists in folders', () => {
    for (const path of [
      'a.png',
      'images/I01 (1).PNG',
      'ä/ö.jpeg',
      'mos.csv',
      'deep/er/list.txt',
      'a..b.png'
    ]) {
      expect(uploadPathProblem(path)).toBeNull();
    }
  });

  it('refuses what could lead elsewhere', () => {
    for (const path of [
      '../a.png',
      'images/../../a.png',
      './a.png',
      '/etc/a.png',
      'C:/a.png',
      'c:a.png',
      'images\\a.png',
      '..\\a.png',
      'a\u0000.png',
      'a\n.png',
      'a//b.png',
      ''
    ]) {
      expect(uploadPathProblem(path), JSON.stringify(path)).toMatch(/^has /);
    }
  });

  it('refuses names that no disk takes, and what is neither picture nor list', () => {
    expect(uploadPathProblem(`${'x'.repeat(300)}.png`)).toMatch(/too long/);
    expect(uploadPathProblem(`${'d/'.repeat(40)}a.png`)).toMatch(/too long/);
    expect(uploadPathProblem('run.sh')).toMatch(/neither/);
  });
});

describe('isPassedOver', () => {
  it('knows what systems leave behind, and nothing else', () => {
    expect(isPassedOver('.DS_Store')).toBe(true);
    expect(isPassedOver('images/.hidden/a.png')).toBe(true);
    expect(isPassedOver('__MACOSX/a.png')).toBe(true);
    expect(isPassedOver('Thumbs.db')).toBe(true);
    expect(isPassedOver('../a.png')).toBe(false);
    expect(isPassedOver('images/a.png')).toBe(false);
  });
});
