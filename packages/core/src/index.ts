export { abortable } from './abortable.ts';
export { onAbort } from './on-abort.ts';
export { systemClock, type Clock } from './ports/clock.ts';
export { settableClock, type SettableClock } from './ports/settable-clock.ts';
export type { ContractCase } from './ports/contract-case.ts';
export { silentLogger, type LogFacts, type Logger } from './ports/logger.ts';
export { createOutage, type Outage, type OutageOptions } from './outage.ts';
export { noMetrics, type Metric, type MetricLabels, type Metrics } from './ports/metrics.ts';
export { createMetrics, type MemoryMetrics } from './metrics/create-metrics.ts';
export type {
  BodyEnd,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
  HttpTransport,
  MinimumRate,
} from './ports/http-transport.ts';
export type { ByteSource } from './ports/byte-source.ts';
export type { CacheEntry, CacheStore } from './ports/cache-store.ts';
export type { ErrorCode, ErrorFacts } from './errors/error-facts.ts';
export type { NameProblem } from './errors/facts/library-facts.ts';
export {
  errorFromJSON,
  isModelkeepError,
  ModelkeepError,
  serialiseError,
  type ModelkeepErrorOptions,
  type SerialisedError,
} from './errors/modelkeep-error.ts';
export { descriptorWaitsMs, tooManyFiles, type TooManyFilesOptions } from './errors/too-many-files.ts';
export { redactSecrets, redactUrl } from './errors/redact.ts';
export { factsOfCivitai, type CivitaiFactsOptions } from './civitai/civitai-facts.ts';
export {
  judgeClaims,
  matchCivitaiFile,
  withCivitaiFile,
  type CivitaiFileClaims,
  type ClaimedHashes,
  type KnownHashes,
} from './civitai/civitai-file.ts';
export { familyOfBaseModel, typeOfCivitaiWord } from './civitai/civitai-words.ts';
export { plainText } from './text/plain-text.ts';
export { isSha1, isSha256 } from './digests.ts';
export { commonSegments, comparablePath, type ComparablePath } from './files/comparable-path.ts';
export { extensionOf, fileRole, isTrainingState } from './files/file-role.ts';
export { weightsFormats, type WeightsFormat } from './files/weights-formats.ts';
export { isId, newId } from './ids.ts';
export { createLatestValue, type LatestValue, type LatestValueSource } from './progress/latest-value.ts';
export {
  noProgress,
  startOperation,
  type Operation,
  type Progress,
  type WaitingForUser,
} from './progress/operation.ts';
export { createRateMeter, type RateMeter } from './progress/rate-meter.ts';
export { createReportFeed, type ReportFeed } from './progress/report-feed.ts';
export {
  factLayers,
  fileRoles,
  knownWord,
  modelFormats,
  modelTypes,
  sourceProviders,
  type FactLayer,
  type FileRole,
  type ModelFormat,
  type ModelType,
  type OpenWord,
  type SourceProvider,
} from './records/model-terms.ts';
export {
  facetFields,
  importModes,
  modelSorts,
  type FacetField,
  type ImportMode,
  type ModelSort,
} from './records/choices.ts';
export { civitaiDetailNames, noCivitaiDetails, type CivitaiDetails } from './records/civitai-details.ts';
export { safetyVerdicts, type LoadSafety, type SafetyFinding, type SafetyVerdict } from './records/load-safety.ts';
export type { AppMapping, ModelMapping } from './records/model-mapping.ts';
export type { FieldHashes } from './records/field-hashes.ts';
export type {
  ExternalPlace,
  FileStamp,
  ModelCompanion,
  ModelFacts,
  ModelFile,
  LibraryPlace,
  ModelPlace,
  ModelRecord,
  ModelSource,
} from './records/model-record.ts';
export type {
  HistoryEntry,
  MetadataLayer,
  ModelMetadata,
  ModelOverrides,
  StoredFactLayer,
  VolumeFile,
} from './records/metadata.ts';
