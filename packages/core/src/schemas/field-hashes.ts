import { z } from 'zod';
import type { FieldHashes } from '../records/field-hashes.ts';

const hex = (length: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));

/** @internal Checks the further hashes of a file. They can be computed again: wrong ones are none. */
export const fieldHashesSchema: z.ZodType<FieldHashes | undefined> = z
  .looseObject({
    autoV1: hex(8).nullable(),
    autoV2: hex(10),
    autoV3: hex(12).nullable(),
    crc32: hex(8),
    tensorHash: hex(64).nullable(),
  })
  .optional()
  .catch(undefined);
