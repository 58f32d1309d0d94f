import type { GgufHeader } from '../gguf/read-header.ts';
import type { GgufDetails } from './format-details.ts';
import { elementsByType } from './model-components.ts';

const MAX_TEMPLATE_LENGTH = 65_536;

/** @internal What the metadata of a GGUF file says of the model's use. */
export function ggufDetails(
  { metadata, tensors }: Pick<GgufHeader, 'metadata' | 'tensors'>,
  { version, littleEndian }: Pick<GgufHeader, 'version' | 'littleEndian'>,
): GgufDetails {
  const text = (key: string): string | null => {
    const value = metadata.get(key);
    return typeof value === 'string' ? value : null;
  };
  const whole = (key: string): number | null => {
    const value = metadata.get(key);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const architecture = text('general.architecture')?.slice(0, 64) ?? null;
  const words = metadata.get('tokenizer.ggml.tokens');
  const split = whole('split.count');
  return {
    format: 'gguf',
    version,
    littleEndian,
    architecture,
    contextLength: whole(`${architecture ?? ''}.context_length`),
    blockCount: whole(`${architecture ?? ''}.block_count`),
    vocabulary: whole(`${architecture ?? ''}.vocab_size`) ?? (typeof words === 'object' ? words.length : null),
    chatTemplate: text('tokenizer.chat_template')?.slice(0, MAX_TEMPLATE_LENGTH) ?? null,
    fileType: whole('general.file_type'),
    tensorTypes: elementsByType(Array.from(tensors.values(), ({ type, shape }) => [type, shape] as const)),
    splitCount: split !== null && split > 1 ? split : null,
  };
}
