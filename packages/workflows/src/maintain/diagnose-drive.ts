import type { DriveInfo, Io } from '@modelkeep/io';

/** @internal A finding about the drive. */
export interface DriveFinding {
  readonly level: 'warning' | 'problem';
  readonly check: 'drive';
  readonly message: string;
}

/** @internal What the doctor says of the drive. */
export interface DriveDiagnosis {
  /** Null where it cannot be looked at. */
  readonly drive: DriveInfo | null;
  readonly findings: readonly DriveFinding[];
}

/** @internal Looks at the drive of a library. Tries with a file, which is removed again, whether a library can be written there. */
export async function diagnoseDrive(
  io: Io,
  {
    root,
    mode,
    signal,
  }: { readonly root: string; readonly mode: 'read' | 'write'; readonly signal?: AbortSignal | undefined },
): Promise<DriveDiagnosis> {
  const { drive, findings } = await io.checkPlace(root, { for: mode === 'read' ? 'source' : 'target', signal });
  return {
    drive,
    findings: findings.map(({ severity, message, hint }) => ({
      level: severity === 'error' ? 'problem' : 'warning',
      check: 'drive',
      message: `${message}: ${hint}`,
    })),
  };
}
