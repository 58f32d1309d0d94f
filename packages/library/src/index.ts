export type {
  DuplicateFile,
  DuplicateGroup,
  DuplicatesReport,
  FindDuplicatesOptions,
  LeftAlone,
  ShareDuplicatesOptions,
  SharedFile,
  SharingReport,
} from './dedupe/dedupe-report.ts';
export { findDuplicates } from './dedupe/find-duplicates.ts';
export { shareDuplicates } from './dedupe/share-duplicates.ts';
export type { GarbageItem, GcOptions, GcReport } from './gc/gc-report.ts';
export type { HashChoice } from './import/content-hashes.ts';
export type { ComputeHashesOptions, ComputeHashesReport } from './models/compute-hashes.ts';
export type { ModelKeeping } from './keeping.ts';
export type { ModelSourcing } from './sourcing.ts';
export type { NotOnCivitai, RegistryEntry, RegistryRow } from './registry/registry-row.ts';
export { registryFieldNames } from './registry/registry-fields.ts';
export { readRegistryRow, type ReadRegistryRow, type RegistryFieldProblem } from './registry/read-registry-row.ts';
export { registryEntries, type RegistryEntriesOptions } from './registry/registry-entries.ts';
export { registryTime } from './registry/registry-time.ts';
export { toldByRegistry } from './registry/told-by-registry.ts';
export type { ToldOfModel } from './models/add-to-model.ts';
export type { SourceLayers } from './models/new-metadata.ts';
export type { PreviewPicture } from './models/add-preview.ts';
export type { RefreshedModel } from './models/refresh-models.ts';
export type { ExportedLine, ExportedModel, ExportHeader, ExportProblem } from './exchange/export-metadata.ts';
export type { ImportMetadataOptions, MetadataImportReport } from './exchange/import-metadata.ts';
export type { EditableFact, ModelEdit } from './metadata/check-edit.ts';
export type { MappingEdit } from './models/edit-mapping.ts';
export type { ModelChanges } from './models/edit-model.ts';
export type { RemovalPlan } from './models/removal-plan.ts';
export type { RemovalReport, RemoveOptions } from './models/remove-model.ts';
export type { ImportMode } from '@modelkeep/core';
export type { ImportOptions, ImportReport, SkippedPath } from './import/import-types.ts';
export { effectiveFacts, effectiveRecord, type EffectiveFacts } from './metadata/effective-record.ts';
export { metadataFolder, modelFilePath, modelFolder, type PlacedModel } from './models/model-folder.ts';
export type { ModelProblem, RebuildReport, SurveyReport } from './models/rebuild-index.ts';
export type { DoubledModel } from './external/doubled-models.ts';
export type { BadContent, ContentSource, RepairedFile, RepairOptions, RepairReport } from './repair/repair-report.ts';
export type { ApartFile, UnsafeModel, VerifyOptions, VerifyProblem, VerifyReport } from './models/verify-report.ts';
export { cleanName } from './names/clean-name.ts';
export { judgeName } from './names/judge-name.ts';
export { refuseUnsafeNames } from './names/refuse-unsafe-names.ts';
export { openLibraryStore, type LibraryStore } from './open-library-store.ts';
export type { OpenLibraryStoreOptions } from './open-library-store-options.ts';
export type { WantedContent } from './transaction/find-contents.ts';
export type { DuplicateFiles, FileProblem, ScannedModel, ScanReport } from './scan/scan-report.ts';
export type { FolderWatcher, FolderWatcherEvents } from './scan/folder-watcher.ts';
export type { ScanOptions } from './scan/scan-roots.ts';
export { watchRoots, type ScanWatch, type WatchOptions } from './scan/watch-roots.ts';
export type { MovedFile } from './transaction/moved-file.ts';
export type { RecoveryReport } from './transaction/recover.ts';
export type { StoredContent, WantedFile } from './transaction/stored-file.ts';
export type {
  BeginOptions,
  CommitOptions,
  PublishedContent,
  Transaction,
  TransactionFile,
} from './transaction/transaction.ts';
export type { ModelVersion, Revisions } from './revisions/revisions.ts';
export { modelsOfRepo } from './revisions/models-of-source.ts';
export { inVersionOrder, linkedVersions } from './revisions/version-line.ts';
export type {
  EvictedModel,
  EvictModelsOptions,
  EvictOptions,
  EvictReport,
  KeptModel,
  Stay,
  StayReason,
} from './room/evict-report.ts';
export { isDerived, isFetchable } from './room/fetchable.ts';
export type { ModelLease } from './room/leases.ts';
export type { RoomReport } from './room/quota.ts';
export type { OnVolume, Room } from './room/room.ts';
export type { LibraryRoom, VolumeRoom } from './room/room-of-volumes.ts';
export type { LibraryUsage } from './usage/read-usage.ts';
export type { VolumeLayout } from './volume/layout.ts';
export { uniqueCleanNames } from './names/unique-names.ts';
export type { LockKind, LockWait, VolumeLock } from './volume/volume-locks.ts';
export type { DeletedModel, UndeleteOptions } from './models/undelete-model.ts';
export type { RelocateOptions } from './models/relocate-model.ts';
export type { VolumeInfo, VolumeSettings } from './volumes/manage-volumes.ts';
export type { MoveModelOptions, MoveReport } from './volumes/move-model.ts';
export type { RoomForFiles, RoomForOptions } from './volumes/room-for-files.ts';
export type { AskTypes } from './volumes/choose-volume.ts';
export type { PlacementOptions } from './volumes/volume-for-set.ts';
export type { VolumeKeeping } from './volumes/volume-keeping.ts';
export { FEW_MATCHES } from '@modelkeep/library-index';
export type {
  FacetField,
  Facets,
  FacetValue,
  Highlight,
  HighlightField,
  ListOptions,
  ModelFilters,
  ModelSort,
  NearWord,
  OneOrMore,
  SortDirection,
  SortOptions,
  TextRange,
} from '@modelkeep/library-index';
