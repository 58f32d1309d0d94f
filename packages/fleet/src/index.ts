export type {
  DeclaredFile,
  DeclaredModel,
  DeclaredModels,
  DeclaredSelection,
  ModelDeclaration,
} from './ports/declared-models.ts';
export type { Manifest, ManifestEntry, ManifestRecord } from './ports/manifest.ts';
export {
  progressStatuses,
  type ProgressChange,
  type ProgressEntry,
  type ProgressStatus,
  type ProgressTable,
} from './ports/progress.ts';
export {
  artifactStatuses,
  repoStatuses,
  type ArtifactChange,
  type ArtifactFile,
  type ArtifactRecord,
  type ArtifactStatus,
  type RepoChange,
  type RepoRecord,
  type Repos,
  type RepoSource,
  type RepoStatus,
} from './ports/repos.ts';
export type { SecretStore } from './ports/secret-store.ts';
export type { OpenedState, SharedState, StateReset } from './ports/shared-state.ts';
export type { ChangeCall, OfLibrary, StateCall, StateRead, Versioned } from './ports/state-call.ts';
export {
  stateTopics,
  type StateChange,
  type StateChangePage,
  type StateChangesOptions,
  type StateSubscription,
  type StateTopic,
} from './ports/state-changes.ts';
export type { NewToken, TokenFacts, Tokens, TokenValues } from './ports/tokens.ts';

export type { AvailableContent, Availability, ContentQuery, FleetContent, Holding } from './servers/content.ts';
export type {
  ContentSource,
  FullInventory,
  InventoryDelta,
  InventoryItem,
  InventorySync,
  SyncReport,
} from './servers/inventory.ts';
export type { ServerChange, ServerChangeKind, ServerChanges } from './servers/server-changes.ts';
export type { InventoryVersion, Server, ServerCapacity, ServerLoad, ServerRegistration } from './servers/server.ts';
export type {
  CountedContent,
  FindContentsOptions,
  FollowServersOptions,
  ListServersOptions,
  MeasuredFetch,
  Servers,
  ServersCallOptions,
} from './servers/servers-port.ts';
export { createSqliteServers, type SqliteServersOptions } from './servers/sqlite/create-sqlite-servers.ts';
export { serversMigrations } from './servers/sqlite/servers-migrations.ts';
export { awaitServer, type AwaitServerOptions } from './servers/requirements/await-server.ts';
export { checkRequirements, type CheckRequirementsOptions } from './servers/requirements/check-requirements.ts';
export { pickServer, type PickedServer, type RankedServer } from './servers/requirements/pick-server.ts';
export type {
  CompatibilityWarning,
  MissingModel,
  ModelRequirement,
  RequiredModel,
  RequirementsAnswer,
  ResolvedRequirement,
  ServerReadiness,
} from './servers/requirements/requirement.ts';
export {
  findSubstitutes,
  rankSubstitutes,
  type FindSubstitutesOptions,
  type Substitute,
} from './servers/requirements/substitutes.ts';
export {
  trackRequirements,
  type TrackedRequirements,
  type TrackRequirementsOptions,
} from './servers/requirements/track-requirements.ts';
export type { CopyPlan, CopyPolicy, GovernedContent, PlannedCopy, UnmetCopies } from './servers/copies/copy-plan.ts';
export { forecastNeeds, type ForecastNeed, type ForecastOptions, type ModelUse } from './servers/copies/forecast.ts';
export { planCopies } from './servers/copies/plan-copies.ts';
export { openSqliteState, type OpenSqliteStateOptions } from './sqlite/open-sqlite-state.ts';
export { createFileSecretStore } from './secrets/file-secret-store.ts';
export { createTokenValues, type KnownTokenValues, type TokenValuesOptions } from './secrets/token-values.ts';
export { createSubscriptions, type Subscriptions } from './subscriptions.ts';
export { checkDeclarations, readDeclaration, type StoredDeclaration } from './rules/check-declaration.ts';
export {
  checkProgress,
  percentageOf,
  readStoredError,
  storedError,
  type StoredProgressChange,
} from './rules/check-progress.ts';
export {
  checkArtifactChange,
  checkArtifacts,
  checkRepoChange,
  checkRepoSource,
  type StoredChange,
} from './rules/check-repo.ts';
export { checkBytes, checkName, checkTime } from './rules/check-text.ts';
export { checkOrigin, checkToken } from './rules/check-token.ts';
export { conflict, notFound } from './rules/conflict.ts';

export { checkSha256, type CheckedItem } from './servers/check-inventory.ts';
export { checkQueries } from './servers/check-queries.ts';
export {
  checkLabels,
  checkLoad,
  checkRegistration,
  type CheckedRegistration,
  checkServerId,
} from './servers/check-registration.ts';
export { checkCount, checkOptionalText, refuse } from './servers/check-text.ts';
export {
  findByPath,
  MAX_CANDIDATES,
  type AskedPath,
  type PathCandidate,
  type ReadCandidates,
} from './servers/find-by-path.ts';
export {
  namesOf,
  pathsOf,
  refOfCivitai,
  refOfHub,
  type ContentName,
  type ContentPath,
} from './servers/content-names.ts';
export { checkFetch, rateAfter } from './servers/fetch-rate.ts';
export { emptyInventoryDigest, inventoryDigest } from './servers/inventory-digest.ts';
export { GIVE_UP_MS, ITEM_STATE, itemStateOf, MAX_TOLD_MODELS } from './servers/item-state.ts';
export { joinAvailability, type ReadAvailability } from './servers/join-availability.ts';
export { changeOfRow, placeInLog, type ServerLog, type ServerLogRow } from './servers/log-cursor.ts';
export {
  checkBase,
  checkSync,
  planSync,
  type CheckedSync,
  type PlannedItem,
  type StoredItem,
  type SyncPlan,
} from './servers/plan-sync.ts';
export {
  hasLabels,
  holdServer,
  isoTime,
  noServer,
  serverColumns,
  serverOfRow,
  type HeldServer,
  type ServerRow,
} from './servers/server-of-row.ts';
export { contentColumns } from './servers/sqlite/content-columns.ts';
