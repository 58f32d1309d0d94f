import type { Options } from 'tsup';
import { embedWorkerCode } from './embed-worker-code.ts';

/** What every package's tsup.config.ts starts from: ESM with types, dependencies left outside. */
export function packageBuild(options: Options = {}): Options {
  return {
    entry: ['src/index.ts'],
    format: 'esm',
    platform: 'node',
    target: 'node22',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    esbuildPlugins: [embedWorkerCode],
    ...options,
  };
}
