import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programFolder } from '../build-programs.ts';

/** Exactly what is compared with; raised by hand. */
const npmPeers = { '@huggingface/hub': '2.17.5', ipull: '4.0.3' };
const pythonPeer = 'huggingface_hub==2.0.0';

/** The peers that could be installed. */
export interface Peers {
  readonly hasNpmPeers: boolean;
  /** The Python that has huggingface_hub, or undefined. */
  readonly python: string | undefined;
}

/** Installs them out of the way of the workspace, once: whoever works on the packages needs none of them. */
export async function installPeers(): Promise<Peers> {
  await mkdir(programFolder, { recursive: true });
  return { hasNpmPeers: await installNpmPeers(), python: installPythonPeer() };
}

async function installNpmPeers(): Promise<boolean> {
  const manifest = { private: true, type: 'module', dependencies: npmPeers };
  await writeFile(join(programFolder, 'package.json'), JSON.stringify(manifest));
  return succeeds('npm', ['install', '--prefix', programFolder, '--prefer-offline', '--no-audit', '--no-fund']);
}

function installPythonPeer(): string | undefined {
  const environment = join(programFolder, 'python');
  const python = join(environment, 'bin', 'python');
  if (!existsSync(python) && !succeeds('python3', ['-m', 'venv', environment])) return undefined;
  return succeeds(python, ['-m', 'pip', 'install', '--quiet', pythonPeer]) ? python : undefined;
}

function succeeds(command: string, args: readonly string[]): boolean {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return true;
  console.log(
    `not measured, because ${command} ${args[0]} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`,
  );
  return false;
}
