import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { embedWorkerCode } from './embed-worker-code.ts';

const root = join(import.meta.dirname, '..');

/**
 * Bundles the command from the sources, as an embedder would, and gives the file to start: that takes a second once, and a third
 * of what each start from the sources takes. Processes of one test run share it.
 */
export async function bundleCommand(): Promise<string> {
  const shared = process.env['MODELKEEP_TEST_SCRATCH'];
  if (shared === undefined) throw new Error('the folder of the test run is made by scripts/test-scratch.ts');
  const folder = join(shared, 'command');
  const main = join(folder, 'main.mjs');
  if (existsSync(main)) return main;
  const own = `${folder}-${randomUUID()}`;
  await build({
    entryPoints: [join(root, 'packages/cli/src/index.ts')],
    outdir: own,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['modelkeep-source'],
    external: ['@napi-rs/*', 'better-sqlite3'],
    plugins: [embedWorkerCode],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'error',
  });
  const start = "import { main } from './index.mjs'; process.exitCode = await main(process.argv.slice(2));\n";
  await writeFile(join(own, 'main.mjs'), start);
  try {
    await rename(own, folder);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(main)) throw error;
  }
  return main;
}
