import { modelFormats, modelTypes } from '@modelkeep/core';
import { z } from 'zod';
import { isSafeRelativePath } from '../app/safe-names.ts';
import type { AppProfile } from './app-profile.ts';
import { configFormats, storeFormats } from './mapping-way.ts';

const relativePath = z
  .string()
  .max(512)
  .refine(isSafeRelativePath, 'must be a relative path of plain names, without ".."');
const text = z.string().min(1).max(512);
const types = z.array(z.enum(modelTypes)).min(1);

const folder = z.strictObject({
  path: relativePath,
  since: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 1.2.0')
    .nullable(),
});

const way = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('links') }),
  z.strictObject({ kind: z.literal('config'), format: z.enum(configFormats) }),
  z.strictObject({ kind: z.literal('store'), format: z.enum(storeFormats) }),
  z.strictObject({ kind: z.literal('plan-only'), reason: text }),
]);

const accepted = z
  .strictObject({
    formats: z.array(z.enum(modelFormats)).min(1),
    extensions: z.array(z.string().regex(/^\.[a-z0-9]+$/, 'must be an extension in lower case, with its dot')),
    link: z.enum(['file', 'folder']),
    shards: z.enum(['refuse', 'folder']),
    needsOneOf: z.array(z.array(relativePath).min(1)),
    plugin: z.strictObject({ name: text, missing: z.enum(['skip', 'warn']) }).nullable(),
  })
  .refine((accepts) => accepts.link === 'folder' || accepts.extensions.length > 0, {
    message: 'must list the extensions of the files',
    path: ['extensions'],
  });

/** @internal The rules for profiles. */
export const profileSchema: z.ZodType<AppProfile> = z
  .strictObject({
    id: z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens'),
    name: text,
    way,
    otherWays: z.array(way).max(8),
    marks: z.array(relativePath).min(1),
    pluginFolder: relativePath.nullable(),
    rules: z
      .array(z.strictObject({ types, folders: z.array(folder).min(1), accepts: z.array(accepted).min(1) }))
      .min(1),
    unmapped: z.array(z.strictObject({ types, reason: text })),
  })
  .refine(
    (profile) => profile.pluginFolder !== null || !profile.rules.some((rule) => rule.accepts.some((one) => one.plugin)),
    {
      message: 'must be set, because a rule needs a plugin',
      path: ['pluginFolder'],
    },
  );
