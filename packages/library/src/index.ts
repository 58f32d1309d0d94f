export {
  importModes,
  type ImportMode,
  type ImportOptions,
  type ImportReport,
  type SkippedPath,
} from './import/import-types.ts';
export { effectiveFacts, effectiveRecord, type EffectiveFacts } from './metadata/effective-record.ts';
export { metadataFolder, modelFilePath, modelFolder, type PlacedModel } from './models/model-folder.ts';
export type { ModelProblem, RebuildReport, SurveyReport } from './models/rebuild-index.ts';
export type { VerifyOptions, VerifyProblem, VerifyReport } from './models/verify-models.ts';
export { cleanName } from './names/clean-name.ts';
export { judgeName } from './names/judge-name.ts';
export { refuseUnsafeNames } from './names/refuse-unsafe-names.ts';
export { openLibraryStore, type LibraryStore, type OpenLibraryStoreOptions } from './open-library-store.ts';
export type { WantedContent } from './transaction/find-contents.ts';
export type { DuplicateFiles, FileProblem, ScannedModel, ScanReport } from './scan/scan-report.ts';
export type { FolderWatcher, FolderWatcherEvents } from './scan/folder-watcher.ts';
export type { ScanOptions } from './scan/scan-roots.ts';
export type { ScanWatch, WatchOptions } from './scan/watch-roots.ts';
export type { MovedFile } from './transaction/moved-file.ts';
export type { RecoveryReport } from './transaction/recover.ts';
export type { StoredContent, WantedFile } from './transaction/stored-file.ts';
export type { CommitOptions, PublishedContent, Transaction, TransactionFile } from './transaction/transaction.ts';
export type { VolumeLayout } from './volume/layout.ts';
