import { ModelkeepError, newId, type AppMapping, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { APP_KEY, problemOf } from '../metadata/read-mapping.ts';
import { stableJson } from '../metadata/stable-json.ts';
import type { StoreContext } from '../store-context.ts';
import { changeModel } from './change-model.ts';
import { onDisk } from './on-disk.ts';

/** What a person says about a model's place in one app. Null takes a statement back; what is absent stays. */
export interface MappingEdit extends AppMapping {
  /** The id of an app: `comfyui`; `*` for all of them. */
  readonly app: string;
  /** The versions that see the model, as a range of semver: `>=0.3.0 <0.5.0`. */
  readonly versions?: string | null | undefined;
}

const fields = ['link', 'name', 'folder', 'names'] as const;

/** @internal Changes what overrides.json says about one app. */
export async function editMapping(
  context: StoreContext,
  reference: string,
  { edit, signal }: { readonly edit: MappingEdit; readonly signal?: AbortSignal | undefined },
): Promise<ModelRecord> {
  const { app, versions } = edit;
  if (app.length > 64 || !APP_KEY.test(app)) throw invalid('app', 'it is the id of an app, or * for all of them');
  if (app === '*' && typeof versions === 'string')
    throw invalid('versions', 'versions are those of one app: name it in place of *');
  const problem = problemOf(edit);
  if (problem !== null) throw invalid(app, problem);
  return onDisk(context, reference, ({ id, slug }, home) =>
    changeModel(home, {
      id,
      slug,
      txn: newId(),
      signal,
      change: ({ metadata, overrides }) => ({ metadata, overrides: withMapping(overrides, edit) }),
    }),
  );
}

function withMapping(overrides: ModelOverrides, edit: MappingEdit): ModelOverrides {
  const { app, versions } = edit;
  const { version_ranges, mapping, ...others } = overrides;
  const stated = { ...objectOf(objectOf(mapping)[app]) };
  for (const field of fields) {
    const value = edit[field];
    if (value === null) delete stated[field];
    else if (value !== undefined) stated[field] = value;
  }
  const changed = {
    ...others,
    ...field('version_ranges', version_ranges, withEntry(version_ranges, app, versions)),
    ...field('mapping', mapping, withEntry(mapping, app, Object.keys(stated).length === 0 ? null : stated)),
  };
  return stableJson(changed) === stableJson(overrides) ? overrides : changed;
}

/** The last statement that is taken back takes its field along; a field that says nothing from the start is kept. */
function field(
  name: string,
  before: unknown,
  now: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (Object.keys(now).length > 0) return { [name]: now };
  return before !== undefined && Object.keys(objectOf(before)).length === 0 ? { [name]: before } : {};
}

function withEntry(present: unknown, app: string, value: unknown): Readonly<Record<string, unknown>> {
  const entries = new Map(Object.entries(objectOf(present)));
  if (value === null) entries.delete(app);
  else if (value !== undefined) entries.set(app, value);
  return Object.fromEntries(entries);
}

/** What was written by hand may be anything. */
function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function invalid(name: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.invalid-edit', {
    message: `${JSON.stringify(name)} cannot be set so: ${reason}`,
    facts: { field: name, reason },
    hint: 'nothing was changed',
  });
}
