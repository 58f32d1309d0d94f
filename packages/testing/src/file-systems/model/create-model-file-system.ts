import type { BulkFileSystem, FileSystem } from '@modelkeep/io';
import type { SeededRandom } from '../../builders/seeded-bytes.ts';
import type { ModelDisk } from './disk-state.ts';
import { bulkCalls } from './bulk-calls.ts';
import { crashDisk, type PowerLoss } from './crash-disk.ts';
import { createModelDisk } from './model-disk.ts';
import { smallCalls } from './small-calls.ts';

/** What a drive of the model can do. */
export interface ModelFileSystemOptions {
  /** @default true */
  readonly hardlinks?: boolean | undefined;
  /** @default false */
  readonly reflinks?: boolean | undefined;
  /** The clock of the drive, in milliseconds since 1970. @default the system's */
  readonly now?: (() => number) | undefined;
}

/** A drive in memory that knows what a power loss would leave of it. Its paths begin with `/`. */
export interface ModelFileSystem {
  readonly fileSystem: FileSystem;
  readonly bulkFileSystem: BulkFileSystem;
  /** Another drive with what a power loss at this moment leaves; this one goes on. */
  crash(random: SeededRandom, loss?: PowerLoss): ModelFileSystem;
  /** Everything that is on it, as text: equal texts are equal drives. */
  describe(): string;
}

/**
 * Makes an empty {@link ModelFileSystem}.
 *
 * The rules are those of the common journaling file systems, read strictly: bytes are durable after an fsync of the file,
 * a name after an fsync of its folder, a rename after an fsync of both folders and never by half. Anything else may be
 * lost, and may be there while what was done before it is lost; only changes of the same name keep their order.
 */
export function createModelFileSystem(options: ModelFileSystemOptions = {}): ModelFileSystem {
  const { hardlinks = true, reflinks = false, now = Date.now } = options;
  return over(createModelDisk({ hardlinks, reflinks, now }));
}

function over(disk: ModelDisk): ModelFileSystem {
  return {
    fileSystem: smallCalls(disk),
    bulkFileSystem: bulkCalls(disk),
    crash: (random, loss = 'any') => over(crashDisk(disk, random, loss)),
    describe: () => describeFolder(disk, 1).join('\n'),
  };
}

function describeFolder(disk: ModelDisk, id: number, prefix = ''): string[] {
  const folder = disk.nodes.get(id);
  if (folder?.kind !== 'folder') return [];
  return [...folder.entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, child]) => {
      const node = disk.nodes.get(child);
      const path = `${prefix}/${name}`;
      if (node === undefined) return [];
      if (node.kind === 'folder') return [path, ...describeFolder(disk, child, path)];
      if (node.kind === 'symlink') return [`${path} -> ${node.target}`];
      return [`${path} ${node.id} ${node.mode} ${node.bytes.byteLength} ${checksum(node.bytes)}`];
    });
}

/** FNV-1a over a thinned-out view: tells torn writes and zeros apart, which is all that is asked of it. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  const step = Math.max(1, Math.floor(bytes.byteLength / 4_096));
  for (let position = 0; position < bytes.byteLength; position += step) {
    sum = Math.imul(sum ^ (bytes[position] ?? 0), 0x01000193);
  }
  return sum >>> 0;
}
