import type { OpenLab } from '../lab.ts';

let current: OpenLab | null = null;

/** The web server's lab, set once by the server's start. */
export function setApp(lab: OpenLab): void {
  current = lab;
}

export function app(): OpenLab {
  if (current === null) throw new Error('the lab is not open yet');
  return current;
}

export function appOrNull(): OpenLab | null {
  return current;
}
