import { modelFormats, modelTypes } from '@modelkeep/core';
import validRange from 'semver/ranges/valid.js';
import { z } from 'zod';
import { isSafeRelativePath } from '../app/safe-names.ts';
import type { AcceptedModels, AppProfile, UnmappedTypes } from './app-profile.ts';
import { configFormats, storeFormats, type MappingWay } from './mapping-way.ts';
import { versionSchemes } from './profile-versions.ts';

/** @internal A path below an app's folder, made of plain names. */
export const relativePath: z.ZodType<string> = z
  .string()
  .max(512)
  .refine(isSafeRelativePath, 'must be a relative path of plain names, without ".."')
  .meta({ description: 'Relative, / between segments, made of plain names; never upwards' });
const sign = z
  .string()
  .max(512)
  .refine((path) => isSafeRelativePath(path.replace(/\*$/, 'x')), 'must be a relative path, with * only at its end');
const text = z.string().min(1).max(512);
const types = z.array(z.enum(modelTypes)).min(1).max(64);

const folder = z.strictObject({
  path: relativePath,
  since: z
    .string()
    .regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, 'must be a version such as 1.2.0')
    .nullable(),
});

/** @internal */
export const waySchema: z.ZodType<MappingWay> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('links') }),
  z.strictObject({ kind: z.literal('config'), format: z.enum(configFormats) }),
  z.strictObject({ kind: z.literal('store'), format: z.enum(storeFormats) }),
  z.strictObject({ kind: z.literal('plan-only'), reason: text }),
]);

const accepted = z
  .strictObject({
    formats: z.array(z.enum(modelFormats)).min(1).max(16),
    extensions: z
      .array(z.string().regex(/^\.[a-z0-9]{1,16}$/, 'must be an extension in lower case, with its dot'))
      .max(64),
    link: z.enum(['file', 'folder']),
    shards: z.enum(['refuse', 'folder']),
    needsOneOf: z.array(z.array(relativePath).min(1).max(64)).max(64),
    plugin: z.strictObject({ name: text, missing: z.enum(['skip', 'warn']) }).nullable(),
  })
  .refine((accepts) => accepts.link === 'folder' || accepts.extensions.length > 0, {
    message: 'must list the extensions of the files',
    path: ['extensions'],
  });

/** @internal */
export const acceptsSchema: z.ZodType<readonly AcceptedModels[]> = z.array(accepted).min(1).max(32);
/** @internal */
export const familiesSchema: z.ZodType<readonly string[] | null> = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(256)
  .nullable();

const mappingRule = z.strictObject({
  types,
  families: familiesSchema,
  folders: z.array(folder).min(1).max(16),
  accepts: acceptsSchema,
  advice: z.string().min(1).max(1024).nullable(),
});

/** @internal */
export const unmappedSchema: z.ZodType<readonly UnmappedTypes[]> = z
  .array(z.strictObject({ types, reason: text }))
  .max(64);
/** @internal */
export const fileNamesSchema: z.ZodType<AppProfile['fileNames']> = z.enum(['cleaned', 'official']);

/** @internal The ids that apps may have. */
export const appIdSchema: z.ZodType<string> = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'must be lower-case letters and digits, with single hyphens or underscores');

/** @internal The rules for profiles. */
export const profileSchema: z.ZodType<AppProfile> = z
  .strictObject({
    id: appIdSchema,
    name: text,
    way: waySchema,
    otherWays: z.array(waySchema).max(8),
    versions: z.strictObject({
      scheme: z.enum(versionSchemes),
      files: z.array(z.strictObject({ path: relativePath, after: text, before: z.string().min(1).max(16) })).max(8),
      holdsFor: z
        .string()
        .max(256)
        .refine((range) => validRange(range) !== null, 'must be a range of versions such as >=1.2.0'),
    }),
    fileNames: fileNamesSchema,
    sidecars: z.strictObject({
      metadata: z.enum(['beside', 'none']),
      previews: z
        .array(z.string().regex(/^(?:\.[a-z0-9]{1,16}){1,3}$/, 'must be the end of a name: .preview.png'))
        .max(16),
    }),
    marks: z.array(relativePath).min(1).max(64),
    signs: z.strictObject({ all: z.array(sign).min(1).max(32), none: z.array(sign).max(32) }).nullable(),
    pluginFolder: relativePath.nullable(),
    rules: z.array(mappingRule).min(1).max(256),
    unmapped: unmappedSchema,
    configFiles: z
      .array(
        z.strictObject({
          format: z.enum(configFormats),
          path: relativePath,
          windowsPath: relativePath.nullable(),
          settings: z
            .array(
              z.strictObject({
                folder: relativePath,
                key: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the name of a setting'),
                effect: z.enum(['adds', 'replaces']),
              }),
            )
            .max(128),
          note: text.nullable(),
        }),
      )
      .max(8),
  })
  .superRefine((profile, context) => {
    const problem = (message: string, path: (string | number)[]): void =>
      context.addIssue({ code: 'custom', message, path });
    if (profile.pluginFolder === null && profile.rules.some((rule) => rule.accepts.some((one) => one.plugin)))
      problem('must be set, because a rule needs a plugin', ['pluginFolder']);
    const described = new Set(profile.configFiles.map(({ format }) => format));
    for (const [index, one] of [profile.way, ...profile.otherWays].entries()) {
      if (one.kind !== 'config' || described.has(one.format)) continue;
      problem('has no entry in configFiles', index === 0 ? ['way', 'format'] : ['otherWays', index - 1, 'format']);
    }
    const folders = new Set(profile.rules.flatMap((rule) => rule.folders.map(({ path }) => path)));
    for (const [index, file] of profile.configFiles.entries())
      for (const [at, setting] of file.settings.entries())
        if (![...folders].some((path) => path === setting.folder || path.startsWith(`${setting.folder}/`)))
          problem('is the folder of no rule', ['configFiles', index, 'settings', at, 'folder']);
  });
