import { isSha256 } from '@modelkeep/core';
import { z } from 'zod';
import { configFormats, type ConfigFormat } from '../profiles/mapping-way.ts';

const path = z.string().min(1).max(8192);

/** @internal The config files of a plan that comes back from outside. */
export const configPartSchema: z.ZodType<{
  readonly app: string;
  readonly appRoot: string;
  readonly way: { readonly format: ConfigFormat };
  readonly config: {
    readonly appRoot: string;
    readonly files: readonly { readonly path: string; readonly beforeSha256: string | null }[];
  };
}> = z.object({
  app: z.string().max(64),
  appRoot: path,
  way: z.object({ kind: z.literal('config'), format: z.enum(configFormats) }),
  config: z.object({
    appRoot: path,
    files: z
      .array(
        z.object({ path, beforeSha256: z.string().refine(isSha256, 'must be a SHA-256 in lower-case hex').nullable() }),
      )
      .max(100_000),
  }),
});
