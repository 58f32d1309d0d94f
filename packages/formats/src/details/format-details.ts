import type { FolderDetails } from './folder-details.ts';

/** A part of a model by the names of its tensors. */
export interface ModelComponent {
  /** `diffusion-model`, `vae`, `text-encoder`, `lora`, or `other` for what stands under no known name. */
  readonly name: string;
  readonly tensors: number;
  readonly sizeBytes: number;
  /** Elements of all its tensors. */
  readonly elements: number;
}

/** What a safetensors file tells beside what the model is. */
export interface SafetensorsDetails {
  readonly format: 'safetensors';
  /** Elements by dtype. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly components: readonly ModelComponent[];
}

/** What a GGUF file tells beside what the model is. */
export interface GgufDetails {
  readonly format: 'gguf';
  readonly version: 1 | 2 | 3;
  readonly littleEndian: boolean;
  readonly architecture: string | null;
  /** Tokens that the model was made for. */
  readonly contextLength: number | null;
  readonly blockCount: number | null;
  /** Words of the tokenizer. */
  readonly vocabulary: number | null;
  /** Jinja, of a stranger; cut at 64 KiB. */
  readonly chatTemplate: string | null;
  /** What `general.file_type` says. */
  readonly fileType: number | null;
  /** Elements by type of tensor. */
  readonly tensorTypes: Readonly<Record<string, number>>;
  /** Parts that there should be; null for a model in one file. */
  readonly splitCount: number | null;
}

/** What a pickle tells beside what the model is. */
export interface PickleDetails {
  readonly format: 'pickle';
  readonly container: string;
  /** The dictionary that the tensors were in; empty for the outermost. */
  readonly below: string;
  /** What stands beside the tensors: `global_step`, `epoch`, … */
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

/** What an ONNX file tells beside what the model is. */
export interface OnnxDetails {
  readonly format: 'onnx';
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** The 64 commonest operators. */
  readonly operators: Readonly<Record<string, number>>;
  /** Files beside the model that hold weights. */
  readonly externalFiles: readonly string[];
}

/** A tensor that a graph takes or gives. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: string | null;
  readonly shape: readonly (number | string)[] | null;
}

/** What a file or a folder tells beside what the model is, by its format. Plain data. */
export type FormatDetails = SafetensorsDetails | GgufDetails | PickleDetails | OnnxDetails | FolderDetails;
