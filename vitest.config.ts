import { existsSync, readdirSync } from 'node:fs';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Packages are read from their sources, in the test process and in every worker and program it starts. */
const sourceConditions = ['modelkeep-source', 'node', 'import', 'module', 'default'];

/** Each package on its own: a well-tested one does not hide another. */
const packages = readdirSync('packages').filter((name) => existsSync(`packages/${name}/src`));

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: sourceConditions, externalConditions: sourceConditions } },
  resolve: { conditions: sourceConditions },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'examples/**/*.test.ts'],
    typecheck: { enabled: false },
    pool: 'forks',
    // V8 tracks its code pages for memory protection keys, and on machines that have them many threads that come and go
    // can trip over that ("Check failed: jit_page.has_value()"); tests start and end hundreds.
    execArgv: ['--conditions=modelkeep-source', '--no-memory-protection-keys'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-*.ts', '**/src/fixtures/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: Object.fromEntries(packages.map((name) => [`packages/${name}/src/**/*.ts`, { lines: 90 }])),
    },
  },
});

export default config;
