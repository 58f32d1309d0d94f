export { startHub } from './hub/start-hub.ts';
export { folderRepos, serveFolder } from './hub/folder-repos.ts';
export type { HubOptions, Pace } from './hub/hub-options.ts';
export type { LocalHub, RepoChoice } from './hub/local-hub.ts';
export type { RepoCommit, RepoSettings } from './hub/repo/hosted-repo.ts';
export type { HubOrigin, RequestRecord } from './hub/http/request-log.ts';
export type { BucketLimits, RateBucket, RateLimitOptions } from './hub/protocol/rate-limit.ts';
export type { KnownTokens } from './hub/protocol/identity.ts';
export type {
  FileContent,
  Gate,
  LazyContent,
  RepoContent,
  RepoDefinition,
  RepoFile,
  RepoType,
  StorageKind,
} from './hub/repo-definition.ts';
export { startCivitai, type CivitaiOptions, type LocalCivitai } from './civitai/start-civitai.ts';
export type {
  CivitaiFileDefinition,
  CivitaiImageDefinition,
  CivitaiModelDefinition,
  CivitaiVersionDefinition,
} from './civitai/civitai-definition.ts';
export type { ArmedFault, FaultBox, FaultPlan } from './faults/fault-box.ts';
export type { BodyFault, Fault, FaultTrigger, RangeFault, RedirectFault, StatusFault } from './faults/fault.ts';

export {
  buildGguf,
  lazyGguf,
  type GgufDefinition,
  type GgufTensorDefinition,
  type GgufValue,
} from './builders/gguf.ts';
export type { GgufTensorType } from './builders/ggml-types.ts';
export {
  buildLlamaGguf,
  buildMmprojGguf,
  lazyLlamaGguf,
  type LlamaGgufDefinition,
  type LlamaMixture,
  type MmprojDefinition,
} from './builders/llama-gguf.ts';
export {
  buildSafetensors,
  lazySafetensors,
  safetensorsDtypeBits,
  type SafetensorsDefinition,
  type SafetensorsDtype,
  type SynchronousContent,
  type TensorDefinition,
} from './builders/safetensors.ts';
export { buildPickleCheckpoint, type PickleCheckpointDefinition } from './builders/pickle.ts';
export { buildZip, type ZipMember } from './builders/zip.ts';
export {
  createSeededRandom,
  seededBytes,
  type SeededBytesOptions,
  type SeededRandom,
} from './builders/seeded-bytes.ts';
export {
  buildReadme,
  buildTokenizer,
  buildTokenizerConfig,
  jsonBytes,
  textBytes,
  type ReadmeDefinition,
} from './builders/repo-texts.ts';
export {
  buildClipL,
  buildControlNet,
  buildEmbedding,
  buildEsrgan,
  buildFluxLora,
  buildFluxModel,
  buildSdxlCheckpoint,
  buildSdxlLora,
  buildT5Xxl,
  buildVae,
  fluxLoraMetadata,
  sdxlLoraMetadata,
  type ModelFileOptions,
} from './builders/model-files.ts';
export { demoGatedToken } from './builders/demo-image-repos.ts';
export { demoRepos, type DemoReposOptions } from './builders/demo-repos.ts';
export { narrowed, prefixed, tensorsOf, type NarrowOptions, type TensorShapes } from './builders/shapes.ts';
export { fluxShapes, type FluxLayoutOptions } from './builders/layouts/flux.ts';
export { unetDimensions, unetShapes, type UnetDimensions, type UnetFamily } from './builders/layouts/unet.ts';
export { vaeShapes, type VaeLayoutOptions } from './builders/layouts/vae.ts';
export { clipLShapes, openClipGShapes, t5XxlShapes } from './builders/layouts/text-encoders.ts';
export { llamaShapes, type LlamaDimensions } from './builders/layouts/llama.ts';
export {
  createFaultyFileSystem,
  systemError,
  type FaultyFileSystem,
  type FaultyFileSystemOptions,
} from './file-systems/faulty-file-system.ts';
export { interceptBulkFileSystem, interceptFileSystem, type FileSystemCall } from './file-systems/intercept.ts';
export type { PowerLoss } from './file-systems/model/crash-disk.ts';
export {
  createModelFileSystem,
  type ModelFileSystem,
  type ModelFileSystemOptions,
} from './file-systems/model/create-model-file-system.ts';
export { createTestDrive, type TestDrive, type TestDriveOptions } from './mounts/test-drive.ts';
export { startPostgres, type TestPostgres } from './postgres/start-postgres.ts';
