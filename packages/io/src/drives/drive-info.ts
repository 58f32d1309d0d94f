/**
 * What a drive is, as far as it matters for how it is used. `network`: another machine, or the host of a virtual one,
 * answers. `removable`: it can be pulled out, and whether it rotates cannot be relied on. `memory`: nothing survives a
 * restart. `unknown`: the system does not tell, as for most virtual disks.
 */
export type DriveKind = 'ssd' | 'hdd' | 'network' | 'removable' | 'memory' | 'unknown';

/** All kinds of drives. */
export const driveKinds: readonly DriveKind[] = ['ssd', 'hdd', 'network', 'removable', 'memory', 'unknown'];

/** The drive that a path is on. Plain data. */
export interface DriveInfo {
  /**
   * Stands for the hardware, or for what takes its place: a disk's own number where it has one, a share, a file system in
   * memory. Mounts of one disk have the same id. It is the same after a restart where the hardware tells its number.
   */
  readonly id: string;
  /** As `device` of a file status tells it. */
  readonly deviceId: string;
  readonly mountPoint: string;
  /** What is mounted there, such as `/dev/sda1` or `nas:/models`. */
  readonly source: string;
  /** As the system calls it: `ext4`, `nfs4`, `apfs`, `NTFS`. */
  readonly fileSystemType: string;
  readonly kind: DriveKind;
  /** Null where it cannot be told. */
  readonly rotates: boolean | null;
  /** Whether it can be pulled out, whatever its kind. */
  readonly removable: boolean;
  readonly readOnly: boolean;
  /** Whether `a` and `A` are two files; null where the type of the file system does not tell. */
  readonly caseSensitive: boolean | null;
  /** Options of the mount and of the file system. */
  readonly mountOptions: readonly string[];
  /** The system's names of the disks below, such as `sda`. Empty where there are none to be seen. */
  readonly disks: readonly string[];
}
