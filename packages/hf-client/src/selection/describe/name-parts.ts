/** The last segment of a path. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a path, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Whether `path` is `folder` or below it; everything is below `''`. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** Folders and all that they are in, `''` among them where there is any. */
export function withThoseAbove(folders: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const folder of folders) {
    for (let above = folder; !all.has(above); above = folderOf(above)) all.add(above);
  }
  return all;
}

/** The last match of a global expression in a text. */
export function lastMatch(text: string, expression: RegExp): RegExpMatchArray | null {
  return [...text.matchAll(expression)].at(-1) ?? null;
}
