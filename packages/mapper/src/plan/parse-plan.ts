import { basename, isAbsolute } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { isSafeRelativePath } from '../app/safe-names.ts';
import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import { inTurns } from '../support/in-turns.ts';
import { knownFoldersOf, type KnownFolders } from '../translation/known-folders.ts';
import type { LinkPlanEntry } from './link-plan.ts';

/** @internal A plan of which every line was checked. */
export interface CheckedPlan {
  readonly id: string;
  readonly app: string;
  readonly appRoot: string;
  readonly entries: readonly CheckedEntry[];
}

/** @internal A line that speaks of a link. */
export type CheckedLinkEntry = LinkPlanEntry & {
  readonly action: 'create' | 'keep' | 'replace' | 'remove';
  readonly source: string;
  readonly folder: string;
  readonly name: string;
  readonly target: string;
};

/** @internal A line of a plan; the ones that are no links are only passed on. */
export type CheckedEntry =
  | CheckedLinkEntry
  | (LinkPlanEntry & { readonly action: 'conflict' })
  | (LinkPlanEntry & { readonly action: 'skipped' });

/**
 * @internal Checks a plan that may have been edited, or come from elsewhere: its shape, that every link is to be made in a
 * folder of the app's profile or of a translation config, and that no name leads out of it. What is on the disk is checked later, link by link.
 *
 * @throws `mapper.invalid-plan` with a pointer, `mapper.unknown-app`
 */
export async function parsePlan(context: MapperContext, plan: unknown, signal?: AbortSignal): Promise<CheckedPlan> {
  const { planEntrySchema, planHeadSchema } = await import('./plan-schema.ts');
  const head = planHeadSchema.safeParse(plan);
  if (!head.success) throw invalid('', head.error.issues);
  const { id, app, appRoot } = head.data;
  const { isKnown } = await knownFoldersOf(context, app, signal);
  const isStore = storeLayoutOf(await findProfile(context.profiles, app)) !== null;
  const entries: CheckedEntry[] = [];
  for await (const some of inTurns(head.data.entries, { signal })) {
    for (const line of some) {
      const pointer = `/entries/${entries.length}`;
      const parsed = planEntrySchema.safeParse(line);
      if (!parsed.success) throw invalid(pointer, parsed.error.issues);
      entries.push(checkEntry(parsed.data, { pointer, isKnown, isStore }));
    }
  }
  return { id, app, appRoot, entries };
}

function checkEntry(
  entry: LinkPlanEntry,
  {
    pointer,
    isKnown,
    isStore,
  }: { readonly pointer: string; readonly isKnown: KnownFolders['isKnown']; readonly isStore: boolean },
): CheckedEntry {
  const { action, source, folder, name, target } = entry;
  if (action === 'conflict') return { ...entry, action };
  if (action === 'skipped') return { ...entry, action };
  const missing = Object.entries({ source, folder, name, target }).find(([, value]) => value === null);
  if (source === null || folder === null || name === null || target === null)
    throw problem(`${pointer}/${missing?.[0] ?? ''}`, 'is missing');
  /* In a store a link may lead to the store itself, and a file may be written: these are compared with what the model gives. */
  if (!isStore && !isAbsolute(source)) throw problem(`${pointer}/source`, 'must be an absolute path');
  if (!isAbsolute(target)) throw problem(`${pointer}/target`, 'must be an absolute path');
  /* A link is removed by what is recorded for its target alone; its folder may be of an older profile. */
  if (action !== 'remove') {
    if (!isKnown(folder) || !isSafeRelativePath(folder))
      throw problem(`${pointer}/folder`, 'is no folder for models in the profile of this app');
    if (!isSafeRelativePath(name)) throw problem(`${pointer}/name`, 'must be a relative path of plain names');
    if (basename(target) !== basename(name)) throw problem(`${pointer}/target`, 'does not end in the name of the link');
  }
  return { ...entry, action, source, folder, name, target };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function invalid(pointer: string, [issue]: readonly Issue[]): ModelkeepError {
  const path = (issue?.path ?? []).map((key) => `/${String(key)}`).join('');
  return problem(`${pointer}${path}` || '/', issue?.message ?? 'is not a plan');
}

function problem(pointer: string, text: string): ModelkeepError {
  return new ModelkeepError('mapper.invalid-plan', {
    message: `the plan is not valid at ${pointer}: ${text}`,
    facts: { pointer, problem: text },
    hint: 'make a new plan with planLinks, and change only its actions and names',
  });
}
