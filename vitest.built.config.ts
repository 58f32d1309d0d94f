import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests of what the build made: run after `pnpm build`. */
const config: ViteUserConfig = defineConfig({
  test: { include: ['e2e/built/**/*.built.ts'], pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 },
});

export default config;
