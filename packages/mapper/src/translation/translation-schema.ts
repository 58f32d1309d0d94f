import { modelTypes } from '@modelkeep/core';
import { z } from 'zod';
import {
  acceptsSchema,
  familiesSchema,
  fileNamesSchema,
  relativePath,
  unmappedSchema,
  waySchema,
} from '../profiles/profile-schema.ts';
import type { TranslationConfig } from './translation-config.ts';

/** @internal The rules for translation configs. */
export const translationSchema: z.ZodType<TranslationConfig> = z.strictObject({
  $schema: z.string().max(512).optional(),
  schema: z.literal(1),
  way: waySchema.optional(),
  fileNames: fileNamesSchema.optional(),
  rules: z
    .array(
      z.strictObject({
        types: z.array(z.enum(modelTypes)).min(1).max(64),
        families: familiesSchema.optional(),
        folder: relativePath,
        accepts: acceptsSchema.optional(),
      }),
    )
    .max(256)
    .optional(),
  unmapped: unmappedSchema.optional(),
});
