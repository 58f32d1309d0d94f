#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { findNode, followLauncher, isSupported, runWith } from './node-version.js';

const node = isSupported(process.versions.node) ? process.execPath : findNode(import.meta.url);
if (node === undefined) {
  console.error(
    `error: modelkeep needs Node 22.23.3 or newer of 22, or 24.21 or newer; this is ${process.versions.node}\n` +
      '  hint: install a current Node, or put one beside modelkeep: npm install node@24',
  );
  process.exitCode = 1;
} else if (node === process.execPath) {
  followLauncher();
  // V8 can end the process when it replaces the wrappers of functions that WebAssembly calls often (undici's parser does)
  // while another thread frees code: with this budget it never does.
  setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');
  const { main } = await import('../dist/index.js');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = await runWith(node, process.argv.slice(1));
}
