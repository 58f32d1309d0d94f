import { resolve } from 'node:path';
import type { Drives } from '../drives/create-drives.ts';
import type { DriveInfo } from '../drives/drive-info.ts';
import { findExistingPlace, type ExistingPlace } from '../drives/existing-place.ts';
import type { RunCommand } from '../drives/system-files.ts';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { dirtyVolumeFinding } from './dirty-volume.ts';
import { driveFindings } from './drive-findings.ts';
import { lengthFindings } from './length-findings.ts';
import type { CheckPlaceOptions, PlaceFinding, PlaceReport } from './place-report.ts';
import { probeTarget, type ProbedTarget } from './probe-target.ts';
import { sourceFindings } from './source-findings.ts';
import { spaceFindings } from './space-findings.ts';

/** @internal What {@link checkPlace} looks with. */
export interface PlaceTools {
  readonly fileSystem: FileSystem;
  readonly drives: Drives;
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
}

const notProbed: ProbedTarget = { caseSensitive: null, links: null, findings: [] };

/** @internal Says what keeps a place from being used, and what to know of it. @throws `signal.reason` */
export async function checkPlace(tools: PlaceTools, path: string, options: CheckPlaceOptions): Promise<PlaceReport> {
  const { fileSystem, drives, platform, run } = tools;
  const { signal } = options;
  signal?.throwIfAborted();
  const absolute = resolve(path);
  const findings: PlaceFinding[] = [...lengthFindings(absolute, { platform, place: options })];
  let place: ExistingPlace;
  let drive: DriveInfo;
  try {
    place = await findExistingPlace(fileSystem, absolute);
    drive = await drives.driveOf(place.path, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return reportOf(absolute, {
      drive: null,
      freeBytes: null,
      links: null,
      findings: [...findings, unreachable(error)],
    });
  }
  findings.push(...driveFindings(drive, options));
  const dirty = await dirtyVolumeFinding(drive, { platform, run, place: options });
  if (dirty !== undefined) findings.push(dirty);
  const space = await spaceFindings(fileSystem, place.path, options);
  findings.push(...space.findings);
  let probed = notProbed;
  if (options.for === 'source') findings.push(...(await sourceFindings(fileSystem, absolute, place)));
  else if (place.status.kind !== 'folder') findings.push(notAFolder(absolute, place.path));
  else if (!drive.readOnly) probed = await probeTarget(fileSystem, place.path);
  const isNew = ({ code }: PlaceFinding): boolean => findings.every((known) => known.code !== code);
  findings.push(...probed.findings.filter(isNew), ...nameFindings(drive, probed));
  signal?.throwIfAborted();
  return reportOf(absolute, { drive, freeBytes: space.freeBytes, links: probed.links, findings });
}

function reportOf(path: string, found: Omit<PlaceReport, 'path' | 'usable'>): PlaceReport {
  const errors = found.findings.filter(({ severity }) => severity === 'error');
  const warnings = found.findings.filter(({ severity }) => severity === 'warning');
  return { path, usable: errors.length === 0, ...found, findings: [...errors, ...warnings] };
}

function nameFindings(drive: DriveInfo, { caseSensitive, links }: ProbedTarget): readonly PlaceFinding[] {
  const findings: PlaceFinding[] = [];
  if ((caseSensitive ?? drive.caseSensitive) === false) {
    findings.push({
      code: 'case-insensitive',
      severity: 'warning',
      message: `${drive.mountPoint} does not tell "a" from "A" in names`,
      facts: { isProbed: caseSensitive !== null },
      hint: 'files whose names differ in case alone get other names there',
    });
  }
  if (links !== null && !links.hardlink && !links.reflink) {
    findings.push({
      code: 'no-links',
      severity: 'warning',
      message: `a file on ${drive.mountPoint} can have one name only`,
      facts: { fileSystemType: drive.fileSystemType },
      hint: 'what is to be in two places takes its room twice there',
    });
  }
  return findings;
}

function notAFolder(path: string, nearest: string): PlaceFinding {
  return {
    code: 'not-a-folder',
    severity: 'error',
    message: `${path} cannot be a folder: ${nearest} is none`,
    facts: { nearest },
    hint: 'choose a folder',
  };
}

function unreachable(error: unknown): PlaceFinding {
  return {
    code: 'unreachable',
    severity: 'error',
    message: error instanceof Error ? error.message : String(error),
    facts: { systemCode: systemCodeOf(error) ?? 'UNKNOWN' },
    hint: 'check that the drive is connected and answers',
  };
}
