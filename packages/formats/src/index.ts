export { detectFormat, type DetectedFormat } from './detect/detect-format.ts';
export { readGgufHeader, type GgufHeader, type GgufReadOptions } from './gguf/read-header.ts';
export { defaultGgufLimits, type GgufLimits } from './gguf/limits.ts';
export type { GgufTensor } from './gguf/read-tensors.ts';
export type { GgufArray, GgufScalar, GgufValue, GgufValueType } from './gguf/value-types.ts';
export {
  readSafetensorsHeader,
  type SafetensorsHeader,
  type SafetensorsReadOptions,
} from './safetensors/read-header.ts';
export {
  compareSafetensorsIndex,
  readSafetensorsIndex,
  type SafetensorsIndex,
  type SafetensorsIndexProblem,
} from './safetensors/read-index.ts';
export type { ParsedHeader, SafetensorsTensor } from './safetensors/parse-header.ts';
export { readOnnxModel, type OnnxReadOptions } from './onnx/read-model.ts';
export type { OnnxInitialiser, OnnxModel, OnnxValue } from './onnx/onnx-model.ts';
export type {
  FormatDetails,
  GgufDetails,
  ModelComponent,
  OnnxDetails,
  OnnxPort,
  PickleDetails,
  SafetensorsDetails,
} from './details/format-details.ts';
export type { FolderDetails, FolderPart, FolderWeights } from './details/folder-details.ts';
export type { FolderFile, FolderPlan, FolderReader, PlannedPart, PlannedWeights } from './folders/folder-plan.ts';
export { identifyFolder, type IdentifyFolderOptions, type IdentifyWeights } from './folders/identify-folder.ts';
export { planFolder, type PlanFolderOptions } from './folders/plan-folder.ts';
export { partNeeds, type PartNeeds } from './folders/part-needs.ts';
export { readModelIndex, type IndexedPart, type ModelIndex } from './folders/read-model-index.ts';
export { shardSets, type ShardIndex, type ShardSet } from './folders/shard-sets.ts';
export { mergeSafety } from './pickle/merge-safety.ts';
export { safetyRulesVersion, scanPickle, type PickleScan, type PickleScanOptions } from './pickle/scan-pickle.ts';
export type { PickleContents } from './pickle/pickle-contents.ts';
export { bytesSource } from './source/bytes-source.ts';
export { openFileSource, type FileSource } from './source/file-source.ts';
export { createIdentifier, type Identifier, type IdentifierOptions } from './identify/create-identifier.ts';
export type { Identification } from './identify/identification.ts';
export { identify, type IdentifyOptions } from './identify/identify.ts';
export type { TrainingDetails } from './embedded/training-details.ts';
export { pictureKind, type PictureKind } from './pictures/picture-kind.ts';
export { MAX_PICTURE_BYTES, readPicture, type Picture } from './pictures/read-picture.ts';
export { previewNames } from './sidecars/preview-names.ts';
export { MAX_SIDECAR_BYTES, readSidecar } from './sidecars/read-sidecar-file.ts';
export { recogniseSidecar } from './sidecars/recognise-sidecar.ts';
export { resolveSidecar, type ResolvedSidecar } from './sidecars/resolve-sidecar.ts';
export type { Sidecar, SidecarKind, SidecarPreview } from './sidecars/sidecar.ts';
export { rulesVersion } from './classify/rules/rule-table.ts';
