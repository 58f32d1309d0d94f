import { systemCodeOf } from '../errors/system-code-of.ts';
import type { ExistingPlace } from '../drives/existing-place.ts';
import type { FileSystem } from '../ports/file-system.ts';
import type { PlaceFinding } from './place-report.ts';

/** @internal Whether what is to be read is there and can be read. */
export async function sourceFindings(
  fileSystem: FileSystem,
  path: string,
  place: ExistingPlace,
): Promise<readonly PlaceFinding[]> {
  try {
    const { kind } = await fileSystem.stat(path);
    if (kind === 'folder') await fileSystem.readdir(path);
    else await openOnly(fileSystem, path);
    return [];
  } catch (error) {
    const systemCode = systemCodeOf(error) ?? 'UNKNOWN';
    return [isAbsent(systemCode) ? missing(path, place.path) : unreadable(path, systemCode)];
  }
}

/** Nothing is read: a file that is longer than the limit is refused once it is open. */
async function openOnly(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.readFile(path, { maxBytes: 0 });
  } catch (error) {
    if (systemCodeOf(error) !== 'EFBIG') throw error;
  }
}

function isAbsent(systemCode: string): boolean {
  return systemCode === 'ENOENT' || systemCode === 'ENOTDIR';
}

function missing(path: string, nearest: string): PlaceFinding {
  return {
    code: 'missing',
    severity: 'error',
    message: `${path} does not exist`,
    facts: { nearest },
    hint: 'check the path, and that its drive is connected',
  };
}

function unreadable(path: string, systemCode: string): PlaceFinding {
  return {
    code: 'not-readable',
    severity: 'error',
    message: `${path} cannot be read (${systemCode})`,
    facts: { systemCode },
    hint: 'check who owns it and what this user may do there',
  };
}
