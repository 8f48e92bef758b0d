import type { Terminal } from './command.ts';

let lastPlain = 0;
let drawn = false;

function clearDrawn(): void {
  if (!drawn) return;
  process.stderr.write('\r\u001b[2K');
  drawn = false;
}

export const terminal: Terminal = {
  out(text) {
    clearDrawn();
    process.stdout.write(text);
  },
  note(text) {
    clearDrawn();
    process.stderr.write(`${text}\n`);
  },
  progress(text) {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${text}`);
      drawn = true;
      return;
    }
    const now = Date.now();
    if (now - lastPlain < 5000) return;
    lastPlain = now;
    process.stderr.write(`${text}\n`);
  }
};
