/**
 * How the sources become out/: four entries for Node and Electron's main process (packages stay outside and are
 * loaded from node_modules), the preload bridge as CommonJS because a sandboxed window loads nothing else,
 * and the page. `npm run dev` and `npm start` read this file too.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      // Two programs (window and headless host) and two worker threads share one set of chunks.
      rolldownOptions: {
        input: {
          index: at('src/main/index.ts'),
          headless: at('src/main/headless.ts'),
          'store-writer': at('src/main/store-writer.ts'),
          'sandbox-worker': at('src/main/sandbox-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: { minify: true, rolldownOptions: { input: at('src/renderer/index.html') } },
  },
});
