import { dirname } from 'node:path';
import type { ModelDisk } from './disk-state.ts';
import type { FolderNode, ModelNode } from './node.ts';

const MAX_LINKS = 40;

/** @internal An error as the system throws it. */
export function fail(code: string): Error {
  return Object.assign(new Error(`${code}: the model drive`), { code });
}

/** @internal Where a path leads: its folder, its last segment, and what has that name. */
export interface ResolvedPath {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: ModelNode | null;
  /** Without links. */
  readonly path: string;
}

/** @internal @throws `ENOENT`, `ENOTDIR`, `ELOOP` as errors of the system */
export function resolvePath(disk: ModelDisk, path: string, follow: boolean, links = 0): ResolvedPath {
  if (links > MAX_LINKS) throw fail('ELOOP');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const root = disk.nodes.get(1);
  if (root?.kind !== 'folder') throw fail('EIO');
  let folder = root;
  let walked = '';
  for (const [position, name] of segments.entries()) {
    const id = folder.entries.get(name);
    const node = id === undefined ? null : (disk.nodes.get(id) ?? null);
    const isLast = position === segments.length - 1;
    if (node?.kind === 'symlink' && (follow || !isLast)) {
      const target = node.target.startsWith('/') ? node.target : `${walked}/${node.target}`;
      const rest = segments.slice(position + 1).join('/');
      return resolvePath(disk, `${normalised(target)}${rest === '' ? '' : `/${rest}`}`, follow, links + 1);
    }
    walked = `${walked}/${name}`;
    if (isLast) return { folder, name, node, path: walked };
    if (node === null) throw fail('ENOENT');
    if (node.kind !== 'folder') throw fail('ENOTDIR');
    folder = node;
  }
  return { folder: root, name: '', node: root, path: '/' };
}

function normalised(path: string): string {
  const parts: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') parts.pop();
    else if (segment !== '' && segment !== '.') parts.push(segment);
  }
  return parts.length === 0 ? dirname('/') : `/${parts.join('/')}`;
}
