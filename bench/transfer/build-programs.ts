import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const repository = resolve(import.meta.dirname, '../..');

/** Where the programs and the peers are: the programs find the peers in it and our built packages above it. */
export const programFolder: string = resolve(import.meta.dirname, '../node_modules/.cache/modelkeep-bench');

/**
 * Builds the packages, unless MODELKEEP_BENCH_BUILD is `off`, and turns the programs into plain JavaScript beside the
 * peers: what is measured is what users install, without the time that Node takes to strip types.
 */
export async function buildPrograms(): Promise<void> {
  if (process.env['MODELKEEP_BENCH_BUILD'] !== 'off') {
    const { status, stdout } = spawnSync('pnpm', ['run', 'build'], { cwd: repository, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the packages cannot be built\n${stdout}`);
  }
  await mkdir(programFolder, { recursive: true });
  await build({
    entryPoints: ['transfer', 'library', 'mapper', 'modelkeep'].map((topic) =>
      join(import.meta.dirname, '..', topic, 'programs/*.program.ts'),
    ),
    entryNames: '[name]',
    outdir: programFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
}
