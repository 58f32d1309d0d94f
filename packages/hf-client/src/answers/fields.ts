import { isSha1, isSha256 } from '@modelkeep/core';
import { z } from 'zod';
import { checkRepoId } from '../urls/repo-id.ts';

/** A repo id that is safe to put into a URL. */
export const repoIdField: z.ZodType<string> = z.string().refine(
  (id) => {
    try {
      checkRepoId(id);
      return true;
    } catch {
      // Whatever is wrong with it, it is no id.
      return false;
    }
  },
  { error: 'not a repo id' },
);

/** 40 hex. */
export const sha1Field: z.ZodType<string> = z.string().refine(isSha1, { error: 'not a SHA-1' });

/** 64 hex. */
export const sha256Field: z.ZodType<string> = z.string().refine(isSha256, { error: 'not a SHA-256' });

/** A size in bytes. */
export const bytesField: z.ZodType<number> = z.int().nonnegative();

/** `false`, or how a gate is opened. */
export const gateField: z.ZodType<false | 'auto' | 'manual'> = z.union([
  z.literal(false),
  z.literal('auto'),
  z.literal('manual'),
]);

/** Fields that only describe: one that is malformed is as good as absent and never fails an answer. */
export const described: {
  readonly text: z.ZodType<string | null>;
  readonly count: z.ZodType<number>;
  readonly texts: z.ZodType<string[]>;
} = {
  text: z.string().nullable().catch(null).default(null),
  count: z.number().nonnegative().catch(0).default(0),
  texts: z
    .array(z.unknown())
    .catch([])
    .default([])
    .transform((items) => items.filter((item) => typeof item === 'string')),
};
