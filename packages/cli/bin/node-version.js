import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Runs on any Node that knows ES modules: it is there to get away from the old ones.

/** Tells the process that it was started by {@link runWith}, and not by an app that has a channel of its own to it. */
const LAUNCHER = 'MODELKEEP_LAUNCHER';

/**
 * Whether modelkeep runs on a version of Node: `^22.23.3 || >=24.21`.
 *
 * @param {string} version
 */
export function isSupported(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 23 || (minor === 23 && patch >= 3);
  return major > 24 || (major === 24 && minor >= 21);
}

/**
 * The Node that the npm package `node` put beside this package, or above it.
 *
 * @param {string} url - where to look from
 * @returns {string | undefined}
 */
export function findNode(url) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = dirname(fileURLToPath(url)); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', 'node', 'bin', name);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Runs a script with another Node, as if this process were it: same streams, same signals, same end.
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code; where a signal ended the other one, this process ends by it too
 */
export function runWith(node, args) {
  const stdio = /** @type {const} */ (['inherit', 'inherit', 'inherit', 'ipc']);
  const child = spawn(node, args, { stdio, env: { ...process.env, [LAUNCHER]: '1' } });
  const handlers = {
    // A terminal sends Ctrl-C to both; what is sent to this process alone is handed on.
    SIGINT: () => (process.stdin.isTTY ? undefined : child.kill('SIGINT')),
    SIGTERM: () => child.kill('SIGTERM'),
    SIGHUP: () => child.kill('SIGHUP'),
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      // While a handler is there, the signal would be handed on to nobody and this process would live on.
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
      if (signal !== null) process.kill(process.pid, signal);
      // Node ignores some signals (SIGPIPE): then the exit code says, as a shell does, what happened.
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/** In the process that {@link runWith} started: its launcher's end, however it came, is its own end too. */
export function followLauncher() {
  if (process.env[LAUNCHER] === undefined) return;
  delete process.env[LAUNCHER];
  const end = () => process.kill(process.pid, 'SIGKILL');
  if (process.connected === false) end();
  process.on('disconnect', end);
  process.channel?.unref();
}
