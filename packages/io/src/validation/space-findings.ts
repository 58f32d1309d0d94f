import type { DriveSpace, FileSystem } from '../ports/file-system.ts';
import type { CheckPlaceOptions, PlaceFinding } from './place-report.ts';

/** Fewer files than this are no use to anybody. */
const FEW_FILES = 16;

/** @internal Whether there is room for what is to be written. */
export async function spaceFindings(
  fileSystem: FileSystem,
  folder: string,
  { for: use, bytes = 0 }: CheckPlaceOptions,
): Promise<{ readonly freeBytes: number | null; readonly findings: readonly PlaceFinding[] }> {
  let space: DriveSpace;
  try {
    space = await fileSystem.statfs(folder);
  } catch {
    // Some systems do not tell; the writing itself will.
    return { freeBytes: null, findings: [] };
  }
  const { freeBytes, freeFiles = null } = space;
  const findings: PlaceFinding[] = [];
  if (use === 'target' && freeBytes < bytes) {
    findings.push({
      code: 'full',
      severity: 'error',
      message: `${bytes} bytes are needed and ${freeBytes} are free`,
      facts: { neededBytes: bytes, freeBytes },
      hint: 'free some space on this drive, or choose another one',
    });
  }
  if (use === 'target' && freeFiles !== null && freeFiles < FEW_FILES) {
    findings.push({
      code: 'no-inodes',
      severity: 'error',
      message: `only ${freeFiles} more files can be made on this drive, whatever their size`,
      facts: { freeFiles },
      hint: 'remove files that are not needed: each one counts, however small',
    });
  }
  return { freeBytes, findings };
}
