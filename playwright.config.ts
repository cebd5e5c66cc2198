import { defineConfig } from '@playwright/test';

// End-to-end tests against the built app (npm test builds it). Each test starts its own app: e2e/support/launch.ts.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
});
