import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// Targets are those of the oldest runtime that must run the output (docs/design.md, "Runtime").
const native = [
  'zstd-napi',
  '@photostructure/sqlite',
  '@napi-rs/blake-hash',
  'fs-native-extensions',
  'electron',
];
const root = import.meta.dirname;
// The build script builds beside the last output and swaps the two.
const out = process.env.TESSERA_OUT ?? resolve(root, 'out');

export default defineConfig({
  main: {
    build: {
      target: 'node20.18',
      outDir: resolve(out, 'main'),
      externalizeDeps: false,
      rollupOptions: {
        external: [...native, /^node:/],
        input: {
          index: resolve(root, 'src/main/index.ts'),
          'engine-worker': resolve(root, 'src/main/engine/worker.ts'),
          'kernel-worker': resolve(root, 'src/main/engine/kernels/worker.ts'),
          cli: resolve(root, 'src/cli/index.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', format: 'es' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      outDir: resolve(out, 'preload'),
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { index: resolve(root, 'src/main/preload/index.ts') },
        output: { entryFileNames: '[name].cjs', format: 'cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      target: 'chrome130',
      outDir: resolve(out, 'renderer'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: resolve(root, 'src/renderer/index.html') } },
    },
  },
});
