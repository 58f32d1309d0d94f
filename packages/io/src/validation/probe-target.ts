import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '../errors/system-code-of.ts';
import { nameExists } from '../files/name-exists.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import { probeLinks, type LinkAbilities } from '../links/probe-links.ts';
import type { FileSystem } from '../ports/file-system.ts';
import type { PlaceFinding } from './place-report.ts';

/** @internal What was found by trying. */
export interface ProbedTarget {
  /** Null where nothing could be written. */
  readonly caseSensitive: boolean | null;
  readonly links: LinkAbilities | null;
  readonly findings: readonly PlaceFinding[];
}

/** @internal Writes a small file into a folder, looks for it under another case, tries links, and removes everything again. */
export async function probeTarget(fileSystem: FileSystem, folder: string): Promise<ProbedTarget> {
  const name = `.probe-${randomBytes(8).toString('hex')}-case`;
  const path = join(folder, name);
  try {
    await fileSystem.writeFile(path, { data: 'modelkeep looks whether it may write here' });
    const isSameName = await nameExists(fileSystem, join(folder, name.toUpperCase()));
    return { caseSensitive: !isSameName, links: await probeLinks(fileSystem, folder), findings: [] };
  } catch (error) {
    return { caseSensitive: null, links: null, findings: [refused(error, folder)] };
  } finally {
    await removeQuietly(fileSystem, path);
  }
}

function refused(error: unknown, folder: string): PlaceFinding {
  const systemCode = systemCodeOf(error) ?? 'UNKNOWN';
  if (isModelkeepError(error, 'io.disk-full')) {
    return {
      code: 'full',
      severity: 'error',
      message: `not even a small file can be written to ${folder}`,
      facts: { neededBytes: 1, freeBytes: 0 },
      hint: 'free some space on this drive, or choose another one',
    };
  }
  if (isModelkeepError(error, 'io.read-only')) {
    return {
      code: 'read-only',
      severity: 'error',
      message: `the drive of ${folder} is mounted read-only`,
      facts: { mountPoint: folder },
      hint: 'mount it with write access, or choose another folder',
    };
  }
  return {
    code: 'not-writable',
    severity: 'error',
    message: `nothing can be written to ${folder} (${systemCode})`,
    facts: { systemCode, folder },
    hint: 'check who owns the folder and what this user may do there',
  };
}
