import type { DriveInfo } from '../drives/drive-info.ts';
import { hasCoarseTimes } from '../drives/file-system-types.ts';
import type { CheckPlaceOptions, PlaceFinding } from './place-report.ts';

/** FAT stores a file's length in 32 bits. */
const FAT_LIMIT_BYTES = 2 ** 32 - 1;
const FAT_GRANULARITY_MS = 2_000;

/** @internal What the kind of a drive and of its file system bring with them. */
export function driveFindings(drive: DriveInfo, { for: use }: CheckPlaceOptions): readonly PlaceFinding[] {
  const { kind, mountPoint, fileSystemType, source } = drive;
  const isTarget = use === 'target';
  const findings: PlaceFinding[] = [];
  if (isTarget && drive.readOnly) {
    findings.push({
      code: 'read-only',
      severity: 'error',
      message: `${mountPoint} is mounted read-only`,
      facts: { mountPoint },
      hint: 'mount it with write access, or choose another folder',
    });
  }
  if (kind === 'network') {
    findings.push({
      code: 'network',
      severity: 'warning',
      message: `${mountPoint} is a share (${fileSystemType === '' ? source : fileSystemType})`,
      facts: { fileSystemType, source },
      hint: 'let one machine write to a library there, and expect it to be slower',
    });
  }
  if (drive.removable) {
    findings.push({
      code: 'removable',
      severity: 'warning',
      message: `${mountPoint} can be pulled out`,
      facts: { mountPoint },
      hint: 'keep it connected while files are written, and eject it before it is pulled out',
    });
  }
  if (isTarget && kind === 'memory') {
    findings.push({
      code: 'memory',
      severity: 'warning',
      message: `${mountPoint} is kept in memory`,
      facts: { mountPoint },
      hint: 'choose a folder on a disk for what has to survive a restart',
    });
  }
  if (isTarget && fileSystemType === 'overlay') {
    findings.push({
      code: 'container-layer',
      severity: 'warning',
      message: `${mountPoint} is the layer of a container and goes with it`,
      facts: { mountPoint },
      hint: 'mount a volume into the container and use a folder there',
    });
  }
  if (hasCoarseTimes(fileSystemType)) {
    findings.push({
      code: 'coarse-times',
      severity: 'warning',
      message: `${fileSystemType} rounds times of change to 2 seconds`,
      facts: { granularityMs: FAT_GRANULARITY_MS },
      hint: 'let files be hashed where it matters whether they have changed',
    });
    if (isTarget) {
      findings.push({
        code: 'file-size-limit',
        severity: 'warning',
        message: `${fileSystemType} takes no file of 4 GiB or more`,
        facts: { limitBytes: FAT_LIMIT_BYTES },
        hint: 'use a drive with another file system for larger models',
      });
    }
  }
  return findings;
}
