import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { LONGEST_FILES, LongestFirst } from './scripts/longest-first.ts';
import { bundleWorker, WORKER_CODE } from './scripts/embed-worker-code.ts';

/**
 * Packages are read from their sources, in the test process and in every worker and program it starts. Vitest hands these to
 * Node, also for `require`: `import` and `module` stand for themselves and must not be among them.
 */
const sourceConditions = ['modelkeep-source', 'node'];

/** Each package on its own: a well-tested one does not hide another. */
const packages = readdirSync('packages').filter((name) => existsSync(`packages/${name}/src`));

/**
 * The worker threads of the test processes run the text that the build makes, bundled once: with threads from the sources a test
 * of downloads takes twice the processor time. Programs that tests start have theirs from the sources.
 */
const embeddedWorkers: NonNullable<ViteUserConfig['plugins']> = [
  {
    name: 'embed-worker-code',
    enforce: 'pre',
    load: async (id) =>
      WORKER_CODE.test(id) ? `export const workerCode = ${JSON.stringify(await bundleWorker(id))};` : null,
    // What is bundled comes from other files: kept by the text of this one alone, it would be that of an earlier run.
    configureVitest({ defineCacheKeyGenerator }) {
      defineCacheKeyGenerator(({ id }) => (WORKER_CODE.test(id) ? false : undefined));
    },
  },
];

const all = ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'examples/**/*.test.ts'];

/**
 * Each has a process of its own: it takes so long that loading does not count, asks how much memory the process has, or gives a
 * drive another kind, which the process keeps.
 */
const alone = [
  ...LONGEST_FILES,
  'packages/formats/src/sidecars/sidecars-fuzz.test.ts',
  'packages/network/src/transport/straight-reads.test.ts',
  'packages/workflows/src/jobs/drive-lanes.test.ts',
];

const config: ViteUserConfig = defineConfig({
  plugins: embeddedWorkers,
  ssr: { resolve: { conditions: sourceConditions, externalConditions: sourceConditions } },
  resolve: { conditions: sourceConditions },
  test: {
    projects: [
      { extends: true, test: { name: 'alone', include: alone, isolate: true } },
      {
        extends: true,
        test: { name: 'together', include: all, exclude: ['**/node_modules/**', ...alone], isolate: false },
      },
    ],
    typecheck: { enabled: false },
    pool: 'forks',
    globalSetup: ['./scripts/test-scratch.ts'],
    setupFiles: ['./scripts/test-children.ts'],
    // Many tests wait for a drive, a timer or a process: one more than there are cores keeps those busy.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // V8 ends the process ("Check failed: jit_page.has_value()") when one thread replaces the wrapper of a function that
    // WebAssembly calls often (undici's parser does) while another one frees code: no wrapper is called often enough.
    execArgv: ['--conditions=modelkeep-source', '--wasm-wrapper-tiering-budget=1000000000'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/worker-code.ts', '**/*.test.ts', '**/*.test-*.ts', '**/src/fixtures/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: Object.fromEntries(packages.map((name) => [`packages/${name}/src/**/*.ts`, { lines: 90 }])),
    },
  },
});

export default config;
