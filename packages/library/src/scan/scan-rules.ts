import type { WalkRules } from '@modelkeep/io';

/** @internal What a scan looks for. */
export const scanRules: WalkRules = {
  extensions: ['safetensors', 'pt', 'ckpt', 'gguf', 'sft', 'pth', 'bin', 'onnx'],
  besides: ['json', 'yaml', 'yml', 'txt', 'md', 'jinja', 'model', 'info', 'png', 'jpg', 'jpeg', 'webp', 'gif'],
};

/** @internal A larger file beside a model is nothing that describes it. */
export const MAX_COMPANION_BYTES: number = 64 * 1024 * 1024;

/** @internal Larger files are not hashed unless asked. */
export const MAX_HASH_BYTES: number = 15_000_000_000;
