export { createIo, type CreateIoOptions } from './create-io.ts';
export type { FileSink, FinishedFile, OpenSinkOptions, SinkChunk } from './sink/file-sink.ts';
export { createByteRanges, type ByteRange, type ByteRanges, type ReadonlyByteRanges } from './ranges/byte-ranges.ts';
export type {
  BulkOptions,
  CopiedFile,
  CopyFileOptions,
  CopyPrefixOptions,
  HashedFile,
  HashFileOptions,
  Io,
  ReadPiecesRange,
  WriteWholeOptions,
  WrittenFile,
} from './io.ts';
export { driveKinds, type DriveInfo, type DriveKind } from './drives/drive-info.ts';
export { mountPoints, type MountPointsOptions } from './drives/mount-points.ts';
export type { DriveOverride } from './drives/drive-override.ts';
export { createDriveQueues, type DriveQueues } from './queue/drive-queues.ts';
export type { DriveQueue, DriveQueueOptions, DriveQueueSnapshot, Place, PlaceRequest } from './queue/drive-queue.ts';
export type { IoPriority } from './queue/priority.ts';
export type {
  CheckPlaceOptions,
  PlaceFacts,
  PlaceFinding,
  PlaceProblem,
  PlaceReport,
} from './validation/place-report.ts';
export type { Digests, HashAlgorithm, PartialHashAlgorithm } from './hashing/hasher.ts';
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
export { chooseLink, type LinkChoices, type LinkPolicy, type LinkSituation } from './links/choose-link.ts';
export { linkMaker } from './links/link-maker.ts';
export { linkSituation, type LinkSituationOptions } from './links/link-situation.ts';
export type {
  LinkChoice,
  LinkIdentity,
  LinkReason,
  LinkRefusal,
  LinkRefusalReason,
  LinkStrategy,
} from './links/link-strategy.ts';
export { lookAtLink, type LinkReader, type LinkState, type LookAtLinkOptions } from './links/look-at-link.ts';
export { makeLink, type LinkMaker, type MadeLink, type MakeLinkOptions } from './links/make-link.ts';
export { probeLinks, type LinkAbilities, type ProbedLink, type ProbeLinksOptions } from './links/probe-links.ts';
export { publishFile } from './links/publish-file.ts';
export type { LinkContent, LinkCopier } from './links/put-link.ts';
export { removeLink } from './links/remove-link.ts';
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
export { acquireLease } from './locks/acquire-lease.ts';
export type { AcquireLeaseOptions, Lease } from './locks/lease.ts';
