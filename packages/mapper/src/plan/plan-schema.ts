import { isId, isSha256 } from '@modelkeep/core';
import { z } from 'zod';
import { linkKinds } from '../links/link-kind.ts';
import { linkReasonCodes } from './link-reason.ts';
import { plannedActions, type LinkPlan, type LinkPlanEntry } from './link-plan.ts';

const MAX_PATH = 8192;
const id = z.string().refine(isId, 'must be an id');
const path = z
  .string()
  .min(1)
  .max(MAX_PATH)
  .refine((text) => !text.includes('\0'), 'must be a path');

/** @internal The shape of one line of a plan that comes back from outside. */
export const planEntrySchema: z.ZodType<LinkPlanEntry> = z.object({
  action: z.enum(plannedActions),
  modelId: id,
  slug: z.string().max(MAX_PATH),
  fileSha256: z.string().refine(isSha256, 'must be a SHA-256 in lower-case hex').nullable(),
  source: path.nullable(),
  folder: path.nullable(),
  name: path.nullable(),
  target: path.nullable(),
  strategies: z.array(z.enum(linkKinds)).max(linkKinds.length),
  bytesToWrite: z.number().nonnegative(),
  reason: z.object({ code: z.enum(linkReasonCodes), message: z.string() }).nullable(),
});

/** @internal The shape of a plan without its lines: they are checked in portions. */
export const planHeadSchema: z.ZodType<
  Pick<LinkPlan, 'id' | 'app' | 'appRoot'> & { readonly entries: readonly unknown[] }
> = z.object({
  id,
  app: z.string().max(64),
  appRoot: path,
  entries: z.array(z.unknown()),
});
