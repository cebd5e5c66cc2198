/**
 * `test` with what every spec needs: folders that go away, the sample family, and an app that must
 * end without a complaint. An app that a test starts is closed after it, and then nothing may have
 * been written to the console as an error, thrown, or refused by the content policy.
 */
import path from 'node:path';
import { test as base } from '@playwright/test';
import type { ScanReport } from '../../src/cli/scan';
import { scanJson, writeFamily } from './cli';
import { dropFolder, newFolder } from './folders';
import { type Launched, type LaunchOptions, launchApp } from './launch';
import { expectNoErrors } from './window';

export interface Family {
  readonly folder: string;
  /** What the command line says of it. */
  readonly report: ScanReport;
}

interface TestFixtures {
  /** The test's own, empty at first. */
  readonly folder: string;
  readonly start: (options?: LaunchOptions) => Promise<Launched>;
}

interface WorkerFixtures {
  /** The sample family, small, as `tessera samples` writes it. Not to be changed. */
  readonly family: Family;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  folder: async ({ browserName: _ }, use) => {
    const folder = await newFolder('e2e');
    await use(folder);
    await dropFolder(folder);
  },
  start: async ({ browserName: _ }, use) => {
    const started: Launched[] = [];
    await use(async (options) => {
      const launched = await launchApp(options);
      started.push(launched);
      return launched;
    });
    for (const launched of started) await launched.close();
    for (const launched of started) expectNoErrors(launched);
  },
  family: [
    async ({ browserName: _ }, use) => {
      const own = await newFolder('family');
      const folder = path.join(own, 'family');
      await writeFamily(folder);
      await use({ folder, report: await scanJson(folder) });
      await dropFolder(own);
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';
