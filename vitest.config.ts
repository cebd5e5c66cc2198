import { defineConfig } from 'vitest/config';

// Unit tests: beside the source, in plain Node, with no Electron mock.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs', 'bench/**/*.test.ts'],
    exclude: ['e2e/**', 'node_modules/**', 'out/**'],
    globalSetup: ['scripts/vitest-setup.ts'],
    testTimeout: 20_000,
  },
});
