export { openWorkspace } from './workspace/open-workspace.ts';
export type { CivitaiOptions, HubOptions, OpenWorkspaceOptions } from './workspace/open-workspace-options.ts';
export type { DownloadLimits } from './workspace/open-transfers.ts';
export type { Cancellable, Workspace } from './workspace/workspace.ts';
export {
  searchLibraries,
  type FoundInLibrary,
  type SearchableLibrary,
  type SearchLibrariesResult,
} from './search/search-libraries.ts';
export type { Searching } from './search/searching.ts';
export type {
  ChangesOptions,
  CountModelsOptions,
  FindModelsOptions,
  FoundModel,
  LibraryChanges,
  ListModelsOptions,
  ModelsPage,
  PageModelsOptions,
  SearchModelsOptions,
  SearchModelsResult,
} from './search/search-options.ts';
export type {
  AskedSource,
  EnrichedModel,
  EnrichFailure,
  EnrichOptions,
  EnrichReport,
  LeftToAsk,
} from './enrich/enrich-types.ts';
export type { ConfigFolder } from './enrich/config-folders.ts';
export type { ScanRequest, ScanResult, WatchRequest } from './enrich/scan-and-enrich.ts';
export type {
  FacetField,
  Facets,
  FacetValue,
  Highlight,
  HighlightField,
  ModelFilters,
  ModelSort,
  NearWord,
  OneOrMore,
  SortDirection,
  SortOptions,
  TextRange,
} from '@modelkeep/library';
export type { Download } from './acquire/download.ts';
export type { DownloadedFile, DownloadOptions, DownloadResult } from './acquire/download-types.ts';
export type {
  DownloadPlan,
  DownloadSource,
  Gate,
  CivitaiPlanSource,
  HubPlanSource,
  PlannedFile,
  UrlPlanSource,
} from './acquire/download-plan.ts';
export type { Verification } from '@modelkeep/transfer';
export type { PlanDownloadOptions } from './acquire/plan-download.ts';
export type {
  FileSelection,
  FoundFile,
  LeftFile,
  LeftReason,
  LookupFailure,
  LookupOptions,
  LookupResult,
  LookupSubject,
  TreeFile,
  WeightsVariant,
} from '@modelkeep/hf-client';
export type { LookupQuery, LookupReport } from './lookup/lookup-file.ts';
export type {
  FolderDetails,
  FolderFile,
  FolderPart,
  FolderWeights,
  FormatDetails,
  Identification,
} from '@modelkeep/formats';
export {
  openFileIdentifier,
  type FileIdentifier,
  type OpenFileIdentifierOptions,
} from './identify/open-file-identifier.ts';
export type { FileIdentification, FoundSidecar, IdentifyFileOptions } from './identify/file-identification.ts';
export type { IdentifyRemoteOptions, LookedAtFile, RemoteIdentification } from './identify/remote-identification.ts';
export type { WeightsSet } from './identify/weights-sets.ts';
export type { AppLinks, PlanLinksOptions, UnlinkOptions } from './link/plan-links.ts';
export type { KeepLinkedOptions, KeptLinks, LinkKeeper } from './link/keep-linked.ts';
export type { CheckLinksOptions, Linking } from './link/linking.ts';
export type {
  CheckPlaceOptions,
  DriveInfo,
  DriveKind,
  DriveOverride,
  PlaceFacts,
  PlaceFinding,
  PlaceProblem,
  PlaceReport,
} from '@modelkeep/io';
export type { Keeping } from './keep/keeping.ts';
export type { DeleteOptions, DeleteReport, ModelLink } from './keep/delete-model.ts';
export type { MetadataExportReport } from './keep/metadata-export.ts';
export type { Migrating } from './migrate/migrating.ts';
export type { MigrateRegistryOptions } from './migrate/registry/migrate-registry.ts';
export type { RegistryExport } from './migrate/registry/export-registry.ts';
export type { AvailabilityMigration, MigratedServer } from './migrate/registry/availability-report.ts';
export type { MigrateAvailabilityOptions } from './migrate/registry/migrate-availability.ts';
export type { MigrateStateOptions } from './migrate/state/migrate-state.ts';
export type { StateExport, StateKind, StateMigration, StateProblem } from './migrate/state/state-migration.ts';
export type {
  ConflictingRow,
  MatchedRow,
  NamedRow,
  RegistryMigration,
  RegistryProblem,
  UnmatchedRow,
} from './migrate/registry/registry-report.ts';
export type { NotOnCivitai, RegistryEntry, RegistryRow } from '@modelkeep/library';
export type { Diagnosis, Finding } from './maintain/diagnose.ts';
export type { LibraryRepair, RepairFailure, RepairLibraryOptions } from './maintain/repair-library.ts';
export type { RepoFileFailure, RepoFilesRepair } from './maintain/repair-repo-files.ts';
export type { TidyReport, UnledModel } from './maintain/tidying.ts';
export type { ComputeHashesRequest } from './maintain/compute-hashes.ts';
export type { LibraryVerification, VerifyLibraryOptions } from './maintain/verify-library.ts';
export type { RepoFileProblem, RepoFilesReport } from './repos/verify-artifacts.ts';
export type { EvictRequest } from './evict/evict.ts';
export type { RestoreOptions, RestoreResult } from './evict/restore-model.ts';
export type { RoomKeeping } from './evict/room-keeping.ts';
export type { KeptVersion, ReleaseOptions, ReleaseReport } from './update/release-versions.ts';
export type {
  CheckUpdatesOptions,
  FileChange,
  TrackedSource,
  UpdateCheck,
  UpdatesReport,
  UpdateState,
} from './update/update-check.ts';
export type { UpdateOperation, UpdateOptions, UpdateResult } from './update/update-model.ts';
export type { Updating } from './update/updating.ts';
export type {
  ArtifactRecord,
  ArtifactStatus,
  ChangeCall,
  DeclaredFile,
  DeclaredModel,
  DeclaredSelection,
  ManifestEntry,
  ModelDeclaration,
  ProgressEntry,
  ProgressStatus,
  RepoRecord,
  RepoStatus,
  SecretStore,
  SharedState,
  StateCall,
  StateChange,
  StateChangePage,
  StateChangesOptions,
  StateSubscription,
  StateTopic,
  TokenFacts,
} from '@modelkeep/fleet';
export type { CheckFilesOptions, Declaring } from './state/declaring.ts';
export type { EnsuredModel, EnsureOptions, EnsureResult } from './state/ensure-models.ts';
export type { ModelStatus } from './state/model-status.ts';
export type {
  ArtifactFailure,
  ArtifactsDownload,
  DownloadArtifactsOptions,
  LibraryRepos,
  ListArtifactsOptions,
  RepoSync,
  SyncRepoOptions,
} from './repos/library-repos.ts';
export type { TokenKeeping } from './state/token-keeping.ts';
export { proxyFromEnvironment } from '@modelkeep/network';
export type {
  ComputeHashesReport,
  HashChoice,
  ImportOptions,
  EditableFact,
  ExportedLine,
  ExportedModel,
  ExportHeader,
  ExportProblem,
  ImportMetadataOptions,
  ApartFile,
  DoubledModel,
  DuplicateFile,
  DuplicateGroup,
  DuplicatesReport,
  FindDuplicatesOptions,
  GarbageItem,
  GcOptions,
  GcReport,
  LeftAlone,
  LibraryUsage,
  DuplicateFiles,
  FileProblem,
  FolderWatcher,
  FolderWatcherEvents,
  ImportMode,
  ImportReport,
  MetadataImportReport,
  ModelChanges,
  MappingEdit,
  ModelEdit,
  ModelProblem,
  PlacedModel,
  EvictedModel,
  EvictOptions,
  EvictReport,
  KeptModel,
  ModelLease,
  ModelVersion,
  LibraryRoom,
  OnVolume,
  RoomReport,
  VolumeRoom,
  Stay,
  StayReason,
  RebuildReport,
  RecoveryReport,
  RepairedFile,
  SharedFile,
  ShareDuplicatesOptions,
  SharingReport,
  ScannedModel,
  ScanOptions,
  ScanReport,
  ScanWatch,
  SkippedPath,
  VerifyProblem,
  UnsafeModel,
  VerifyReport,
  WatchOptions,
} from '@modelkeep/library';
export { knownApps, type KnownApp } from '@modelkeep/mapper';
export type {
  AppliedLink,
  AppliedFile,
  AppliedPlan,
  ConfigPlan,
  DetectedApp,
  LinkHealth,
  LinkPlan,
  LinkPlanEntry,
  LinkReason,
  PlannedAction,
  PlanWarning,
  CheckedFile,
  CheckedLink,
  ConfigHealth,
  LinkingOptions,
  LinkKind,
  RegisteredLink,
  RepairedLinks,
  RunNames,
  StrategyChoice,
  UndoableRun,
  UndoPlan,
  UndoPlanEntry,
  UnlinkedApp,
} from '@modelkeep/mapper';
export type { MoveOptions, MoveResult, RelocateResult, Volumes } from './volumes/volumes.ts';
export type { DeletedModel, MoveReport, PlacementOptions, VolumeInfo, VolumeSettings } from '@modelkeep/library';
export { forecastNeeds, pickServer } from '@modelkeep/fleet';
export type { ForecastNeed, ForecastOptions, ModelUse } from '@modelkeep/fleet';
export type {
  AvailableContent,
  Availability,
  AwaitServerOptions,
  CheckRequirementsOptions,
  CompatibilityWarning,
  ContentQuery,
  ContentSource,
  CountedContent,
  FindContentsOptions,
  FindSubstitutesOptions,
  FleetContent,
  FollowServersOptions,
  FullInventory,
  Holding,
  InventoryDelta,
  InventoryItem,
  InventorySync,
  InventoryVersion,
  ListServersOptions,
  MeasuredFetch,
  MissingModel,
  ModelRequirement,
  PickedServer,
  RankedServer,
  RequiredModel,
  RequirementsAnswer,
  ResolvedRequirement,
  Server,
  ServerCapacity,
  ServerChange,
  ServerChangeKind,
  ServerChanges,
  ServerLoad,
  ServerReadiness,
  ServerRegistration,
  Servers,
  ServersCallOptions,
  Substitute,
  SyncReport,
  TrackedRequirements,
  TrackRequirementsOptions,
} from '@modelkeep/fleet';
export type { CopyPlan, CopyPolicy, GovernedContent, PlannedCopy, UnmetCopies } from '@modelkeep/fleet';
export type {
  FetchFromPeersOptions,
  GovernedModel,
  KeepCopiesOptions,
  KeepingCopies,
  LibraryServers,
  ServeOptions,
  ServersOptions,
  Serving,
  SyncInventoryOptions,
} from './servers/library-servers.ts';
export type { BlobHandler } from './servers/answer-blobs.ts';
export type { AnswerBlobsOptions } from './servers/guard-blobs.ts';
export type { OpenShared, SharedContext, SharedEngine } from './shared/open-shared.ts';
export type {
  AddedWebhook,
  LibraryWebhooks,
  NewWebhook,
  WebhookEvent,
  WebhookRecord,
} from './webhooks/library-webhooks.ts';
export type { LibraryJobs, LibraryJobStep, RunJobsOptions, SubmitJobOptions } from './jobs/library-jobs.ts';
export type { LibraryJobPayloads, LibraryJobType } from './jobs/payloads.ts';
export type { FetchedByJob, LibraryJobResults } from './jobs/results.ts';
export type {
  AddedJob,
  FollowJobsOptions,
  JobCallOptions,
  JobChange,
  JobChanges,
  JobCount,
  JobLogLine,
  JobRecord,
  JobSchedule,
  JobsPage,
  JobState,
  ListJobsOptions,
  NewJob,
  ScheduleRecord,
} from '@modelkeep/jobs';
