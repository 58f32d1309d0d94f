/**
 * Packs every published package as npm would and lets publint and "are the types wrong" look at the archive.
 * Run after the build.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

interface Outcome {
  readonly name: string;
  readonly problem: string | null;
}

async function check(folder: string, archives: string): Promise<Outcome | null> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    private?: boolean;
  };
  if (manifest.private === true) return null;
  try {
    // A folder for each: whatever the archive is called, it is the only one there.
    await mkdir(archives);
    await run('pnpm', ['pack', '--pack-destination', archives], { cwd: folder });
    const [name, ...others] = await readdir(archives);
    if (name === undefined || others.length > 0) throw new Error('pnpm pack made no archive, or more than one');
    const archive = join(archives, name);
    await run(bin('publint'), ['run', archive, '--strict'], { cwd: root });
    await run(bin('attw'), [archive, '--profile', 'esm-only'], { cwd: root });
    return { name: manifest.name, problem: null };
  } catch (error) {
    const { stdout = '', stderr = '', message = '' } = error as { stdout?: string; stderr?: string; message?: string };
    return { name: manifest.name, problem: [stdout, stderr, message].filter(Boolean).join('\n') };
  }
}

const archives = await mkdtemp(join(tmpdir(), 'modelkeep-pack-'));
try {
  const packages = (await readdir(join(root, 'packages'))).toSorted();
  let failed = 0;
  for (const name of packages) {
    const outcome = await check(join(root, 'packages', name), join(archives, name));
    if (outcome === null) continue;
    console.log(`${outcome.problem === null ? 'ok' : 'FAILED'} ${outcome.name}`);
    if (outcome.problem !== null) {
      failed += 1;
      console.error(outcome.problem);
    }
  }
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(archives, { recursive: true, force: true });
}
