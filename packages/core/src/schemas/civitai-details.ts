import { z } from 'zod';
import type { CivitaiDetails } from '../records/civitai-details.ts';

const number = z.int().nonnegative().nullable();
const text = z.string().max(100_000).nullable();

/** Checks what a layer tells of a model on Civitai. */
export const civitaiDetailsSchema: z.ZodType<CivitaiDetails> = z.looseObject({
  modelId: number,
  versionId: number,
  fileId: number,
  modelName: text,
  modelType: text,
  baseModel: text,
  versionName: text,
  versionDescription: text,
  publishedAt: text,
  trainedWords: z.array(z.string().max(100_000)).max(10_000).nullable(),
  downloadUrl: text,
  fileSizeKb: z.number().nonnegative().nullable(),
  nsfwLevel: number,
  creator: text,
});
