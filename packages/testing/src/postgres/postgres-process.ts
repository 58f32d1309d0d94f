import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries, reachableBinaries, type PostgresBinaries } from './postgres-binaries.ts';

const run = promisify(execFile);

/** Postgres does not run as root: there it is run as `nobody`, who is on every system. */
const NOBODY = 65_534;
const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** What a crash of the system needs is left out; what a crash of the server needs is not. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '120',
};

/** @internal A server with a folder of its own. */
export interface PostgresProcess {
  readonly port: number;
  start(): Promise<void>;
  /** `immediate` is what a crash of the server is; clients are cut off in either. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** @internal Makes a server that is not started yet. */
export async function createPostgresProcess(password: string, sharedBuffersMib: number): Promise<PostgresProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-postgres-'));
  const data = join(folder, 'data');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  let binaries: PostgresBinaries;
  try {
    if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid);
    binaries = await findPostgresBinaries();
    if (owner.uid !== undefined) binaries = await reachableBinaries(binaries, folder);
    await initialise(binaries, { folder, data, password });
  } catch (error) {
    await remove();
    throw error;
  }
  const port = await freePort();
  let server: ChildProcess | null = null;
  const stop = async (how: 'fast' | 'immediate'): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };
  return {
    port,
    async start() {
      server = await startServer(binaries.postgres, [
        '-D',
        data,
        '-p',
        String(port),
        '-c',
        `shared_buffers=${sharedBuffersMib}MB`,
      ]);
    },
    stop,
    async remove() {
      await stop('immediate');
      await remove();
    },
  };
}

interface InitialiseOptions {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

async function initialise(binaries: PostgresBinaries, { folder, data, password }: InitialiseOptions): Promise<void> {
  for (const program of Object.values(binaries)) await chmod(String(program), 0o755).catch(() => {});
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const words = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--wal-segsize=1'];
  await run(binaries.initdb, [...words, '--no-sync', '--no-locale', '-E', 'UTF8', '--no-instructions'], owner);
}

async function startServer(program: string, words: readonly string[]): Promise<ChildProcess> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(program, [...words, ...settings], { ...owner, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 100) said.push(text);
      if (text.includes('ready to accept connections')) resolve();
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Postgres ended with ${String(code)}: ${said.join('')}`)));
  });
  return server;
}

/** Below the ports that systems give to clients: nobody gets it by chance while the server is stopped. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => probe.close(resolve));
    if (isFree) return port;
  }
}
