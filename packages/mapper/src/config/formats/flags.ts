import type { SectionSetting } from '../config-section.ts';

/** @internal Flags with their folders, as Python's shlex takes them apart on every system. */
export function flagWords(settings: readonly SectionSetting[]): string {
  return settings.map(({ key, folder }) => `--${key} ${shlexQuoted(forwardSlashes(folder))}`).join(' ');
}

/** @internal Why a folder cannot be named in a line. */
export function lineProblem(settings: readonly SectionSetting[], forbidden: RegExp): string | null {
  const broken = settings.find(({ folder }) => forbidden.test(folder));
  return broken === undefined ? null : `the path ${JSON.stringify(broken.folder)} cannot be written in it`;
}

/** @internal A flag that the user has set: ours would silently win or lose against it. */
export function flagInUse(
  lines: readonly string[],
  settings: readonly SectionSetting[],
  comment: RegExp,
): string | null {
  const words = new Set(lines.filter((line) => !comment.test(line)).flatMap((line) => line.split(/[\s"'=]+/)));
  const used = settings.find(({ key }) => words.has(`--${key}`));
  return used === undefined ? null : `it has --${used.key} already: take that out, or leave this type to it`;
}

/** Python takes them on Windows too, and shlex would take backslashes for something else. */
function forwardSlashes(path: string): string {
  return /^(?:[A-Za-z]:|\\\\)/.test(path) ? path.replaceAll('\\', '/') : path;
}

function shlexQuoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
