import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Packages are read from their sources, in the test process and in every worker and program it starts. */
const sourceConditions = ['modelkeep-source', 'node', 'import', 'module', 'default'];

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: sourceConditions, externalConditions: sourceConditions } },
  resolve: { conditions: sourceConditions },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'examples/**/*.test.ts'],
    typecheck: { enabled: false },
    pool: 'forks',
    execArgv: ['--conditions=modelkeep-source'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-*.ts', '**/src/fixtures/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});

export default config;
