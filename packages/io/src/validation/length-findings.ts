import type { CheckPlaceOptions, PlaceFinding } from './place-report.ts';

/** Without a prefix that most programs do not write, Windows takes 260 units of UTF-16, the NUL at the end included. */
const WINDOWS_LIMIT = 259;
const LIMIT_BYTES: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 1_023 };
const POSIX_LIMIT_BYTES = 4_095;
const NAME_LIMIT_BYTES = 255;
/** What a library puts below its root: category, family, slug and a file name of 128 characters each at most. */
const ROOM_BELOW = 200;

/** @internal Whether path and names are longer than the system, or the programs on it, take. */
export function lengthFindings(
  path: string,
  { platform, place }: { readonly platform: NodeJS.Platform; readonly place: CheckPlaceOptions },
): readonly PlaceFinding[] {
  const findings: PlaceFinding[] = [];
  const isWindows = platform === 'win32';
  const limit = isWindows ? WINDOWS_LIMIT : (LIMIT_BYTES[platform] ?? POSIX_LIMIT_BYTES);
  const length = isWindows ? path.length : Buffer.byteLength(path);
  const isOver = length > limit;
  if (isOver || (place.for === 'target' && length + ROOM_BELOW > limit)) {
    findings.push({
      code: 'path-too-long',
      // Node itself goes beyond the limit of Windows; the apps that are to read the files may not.
      severity: isOver && !isWindows ? 'error' : 'warning',
      message: `the path has ${length} ${isWindows ? 'characters' : 'bytes'} of the ${limit} that programs here take`,
      facts: { length, limit },
      hint: 'choose a folder nearer to the root of the drive',
    });
  }
  for (const name of path.split(isWindows ? /[\\/]/ : '/')) {
    const lengthBytes = Buffer.byteLength(name);
    if (lengthBytes <= NAME_LIMIT_BYTES) continue;
    findings.push({
      code: 'name-too-long',
      severity: 'error',
      message: `a name in the path has ${lengthBytes} bytes; file systems take ${NAME_LIMIT_BYTES}`,
      facts: { name, lengthBytes, limitBytes: NAME_LIMIT_BYTES },
      hint: 'choose a shorter name',
    });
  }
  return findings;
}
