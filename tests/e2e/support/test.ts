import { test as base, expect, type Page } from '@playwright/test';
import { LabServer } from './server.ts';

interface Fixtures {
  /** What the browser may complain about in this test: a pattern for each complaint that is expected. */
  allowedComplaints: RegExp[];
  complaints: string[];
}

interface WorkerFixtures {
  /** Whether a spec file's tests need a lab in which no other file has made anything. */
  emptyLab: boolean;
  /** One server for everything that a worker runs; what tests make in it has names of its own. */
  lab: LabServer;
}

/** Complaints of one page from now on: console.error, uncaught errors, what the content policy blocked. */
export function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
}

/** Every page of a test is listened to, and a test whose browser complained has failed. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  // Files whose options differ never share a worker.
  emptyLab: [false, { option: true, scope: 'worker' }],
  lab: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the parameter's pattern
    async ({}, use) => {
      const server = await LabServer.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 }
  ],
  baseURL: async ({ lab }, use) => use(lab.address),
  allowedComplaints: [[], { option: true }],
  complaints: [
    async ({ context, allowedComplaints }, use) => {
      const complaints: string[] = [];
      context.on('page', (page) => listen(page, complaints));
      await use(complaints);
      const unexpected = complaints.filter((text) => !allowedComplaints.some((known) => known.test(text)));
      expect(unexpected, 'what the browser complained about').toEqual([]);
    },
    { auto: true }
  ]
});

export { expect };
