import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The modules that hold the text of a worker. */
export const WORKER_CODE: RegExp = /[\\/]worker-code\.ts$/;

/**
 * A worker must start from a single-file bundle or an asar archive, where no file of ours stands beside it. So the
 * build replaces each `worker-code.ts` (which holds `undefined` in the sources) by a module that exports the bundled
 * text of the `worker-entry.ts` beside it.
 */
export const embedWorkerCode: Plugin = {
  name: 'embed-worker-code',
  setup(hooks) {
    hooks.onLoad({ filter: WORKER_CODE }, async ({ path }) => {
      const contents = `export const workerCode = ${JSON.stringify(await bundleWorker(path))};`;
      return { contents, loader: 'ts' };
    });
  },
};

/** The text of the `worker-entry.ts` beside a `worker-code.ts`. */
export async function bundleWorker(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(dirname(path), 'worker-entry.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    conditions: ['modelkeep-source'],
    plugins: [inlineBlake3Wasm],
  });
  return outputFiles[0]?.text ?? '';
}

/** blake3-wasm reads its .wasm file from beside its own source: in embedded worker code the bytes are in the text. */
const inlineBlake3Wasm: Plugin = {
  name: 'inline-blake3-wasm',
  setup(hooks) {
    hooks.onLoad({ filter: /blake3-wasm[\\/]dist[\\/]wasm[\\/]nodejs[\\/]blake3_js\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const wasm = await readFile(join(dirname(path), 'blake3_js_bg.wasm'), 'base64');
      const needle = "require('fs').readFileSync(path)";
      if (!source.includes(needle)) throw new Error(`${path} no longer reads its wasm with ${needle}`);
      return { contents: source.replace(needle, `Buffer.from(${JSON.stringify(wasm)}, 'base64')`), loader: 'js' };
    });
  },
};
