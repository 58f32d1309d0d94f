import type { FileSelection, SelectableFile } from './file-selection.ts';
import { selectFiles } from './select-files.ts';

/** The files of a repo. */
export type Tree = readonly SelectableFile[];

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** The files of a repo, one a line as a hub's page lists them: `unet/config.json 1.68 kB`. */
export function tree(lines: string): SelectableFile[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, path = '', size = '', unit = ''] = /^\s*(.+) ([\d.]+) (B|kB|MB|GB)$/u.exec(line) ?? [];
      if (path === '') throw new Error(`not a line of a tree: ${line}`);
      return { path, sizeBytes: Math.round(Number(size) * (UNITS[unit] ?? 1)) };
    });
}

/** The paths of files. */
export function pathsOf(files: readonly { readonly path: string }[]): string[] {
  return files.map(({ path }) => path);
}

/** The paths that a selection takes. */
export function select(files: Tree, selection: FileSelection): string[] {
  return pathsOf(selectFiles(files, selection).files);
}

/** The paths of the weights that a selection takes. */
export function weights(files: Tree, selection: FileSelection): string[] {
  return select(files, { ...selection, companions: false });
}

/** Why each file is left, by path. */
export function reasonsOf(files: Tree, selection: FileSelection): Record<string, string> {
  return Object.fromEntries(selectFiles(files, selection).left.map(({ path, reason }) => [path, reason]));
}
