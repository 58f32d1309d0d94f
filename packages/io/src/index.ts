export { createIo, type CreateIoOptions } from './create-io.ts';
export type { FileSink, FinishedFile, OpenSinkOptions, SinkChunk } from './sink/file-sink.ts';
export { createByteRanges, type ByteRange, type ByteRanges, type ReadonlyByteRanges } from './ranges/byte-ranges.ts';
export type {
  CopiedFile,
  CopyFileOptions,
  CopyPrefixOptions,
  HashedFile,
  HashFileOptions,
  Io,
  WriteWholeOptions,
  WrittenFile,
} from './io.ts';
export type {
  ListedFile,
  ListedFolder,
  WalkedFolder,
  WalkedStore,
  WalkedTree,
  WalkNote,
  WalkRules,
  WalkTreeOptions,
} from './walk/walk-types.ts';
export type { Digests, HashAlgorithm } from './hashing/hasher.ts';
export type { Blake3Kind } from './hashing/blake3.ts';
export type {
  AppendFile,
  DriveSpace,
  FileKind,
  FileStatus,
  FileSystem,
  FolderEntry,
  ReadFileOptions,
  SymlinkOptions,
  WriteFileOptions,
} from './ports/file-system.ts';
export type { BulkFileSystem, FileSlice, NameStatus, OpenFileStatus, OpenMode } from './ports/bulk-file-system.ts';
export { nodeFileSystem } from './node/node-file-system.ts';
export { nodeBulkFileSystem } from './node/node-bulk-file-system.ts';
export { writeFileAtomic, type WriteFileAtomicOptions } from './files/write-file-atomic.ts';
export { readJson, type ReadJsonOptions } from './files/read-json.ts';
export { ensureFolder } from './files/ensure-folder.ts';
export { createLink, type CreateLinkOptions } from './links/create-link.ts';
export { createSymlink, type CreateSymlinkOptions } from './links/create-symlink.ts';
export { probeLinks, type LinkAbilities } from './links/probe-links.ts';
export { systemCodeOf } from './errors/system-code-of.ts';
export { translateSystemError, type FailedOperation } from './errors/translate-system-error.ts';
export {
  decodeProcessIdentity,
  encodeProcessIdentity,
  processIdentity,
  type ProcessIdentity,
} from './process/process-identity.ts';
export { machineId } from './process/machine-id.ts';
export { isProvablyDead, processLiveness, type ProcessLiveness } from './process/process-liveness.ts';
