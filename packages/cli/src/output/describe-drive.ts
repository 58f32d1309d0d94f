import type { Diagnosis } from 'modelkeep';

/** @internal Such as `ssd, ext4 on /mnt/big (sda)`. */
export function describeDrive(drive: Diagnosis['drive']): string {
  if (drive === null) return 'cannot be looked at';
  const { kind, fileSystemType, mountPoint, disks } = drive;
  const what = kind === 'unknown' ? 'kind unknown' : kind;
  const names = disks.length === 0 ? '' : ` (${disks.join(', ')})`;
  return `${[what, fileSystemType].filter((word) => word !== '').join(', ')} on ${mountPoint}${names}`;
}
