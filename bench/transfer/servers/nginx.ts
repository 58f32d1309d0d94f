import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { nginxConfig, type NginxServers } from './nginx-config.ts';

const PROGRAM = 'nginx';
/** Debian keeps it where only root's path leads. */
const env = { ...process.env, PATH: [process.env['PATH'], '/usr/sbin'].join(delimiter) };

/** Which nginx there is, or undefined. */
export function nginxVersion(): string | undefined {
  const { status, stderr } = spawnSync(PROGRAM, ['-v'], { env, encoding: 'utf8' });
  return status === 0 ? /nginx\/([\d.]+)/.exec(stderr)?.[1] : undefined;
}

/** Starts nginx in the foreground, as a child, and waits until its ports answer. */
export async function startNginx(servers: NginxServers): Promise<AsyncDisposable> {
  const config = join(servers.scratch, 'nginx.conf');
  await writeFile(config, nginxConfig(servers));
  const child = spawn(PROGRAM, ['-c', config, '-p', servers.scratch, '-e', join(servers.scratch, 'error.log')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Also when somebody stops the benchmark.
  process.once('exit', () => child.kill('SIGTERM'));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  for (let attempt = 0; ; attempt += 1) {
    const answers = await fetch(`http://127.0.0.1:${servers.filesPort}/`).then(
      () => true,
      () => false,
    );
    if (answers) return { [Symbol.asyncDispose]: stop };
    if (child.exitCode !== null || attempt === 100) throw new Error('nginx does not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port that was free a moment ago: nginx cannot choose one by itself. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
