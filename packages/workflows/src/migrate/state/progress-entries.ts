import type { ProgressEntry, ProgressStatus, SharedState } from '@modelkeep/fleet';
import { entryFields } from './entry-fields.ts';
import type { EntryKind } from './entry-kind.ts';

/** @internal An entry of `.progress.json`. */
export interface OldProgress {
  readonly status: ProgressStatus;
  readonly percentage: number;
  readonly error: string | null;
  readonly startedAt: string | null;
  readonly updatedAt: string | null;
}

/** What was being downloaded is by nobody any more: it waits for somebody to go on with it. */
const statuses: Readonly<Record<string, ProgressStatus>> = {
  pending: 'pending',
  downloading: 'paused',
  complete: 'complete',
  error: 'error',
};

/** @internal The entries of `.progress.json`: `{ "<key>": { status, percentage, error, started_at, updated_at } }`. */
export function progressEntries({ progress }: Pick<SharedState, 'progress'>): EntryKind<OldProgress> {
  const present = new Map<string, ProgressEntry>();
  return {
    read(key, value, note) {
      const fields = entryFields(key, value, note);
      if (fields === null) return null;
      const word = fields.text('status') ?? '';
      const entry = {
        percentage: fields.number('percentage', { from: 0, to: 100 }) ?? 0,
        error: fields.text('error'),
        startedAt: fields.time('started_at'),
        updatedAt: fields.time('updated_at'),
      };
      fields.end();
      const status = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
      if (status === undefined) return fields.refuse(`its status is not one of ${Object.keys(statuses).join(', ')}`);
      return { key, entry: { ...entry, status } };
    },
    async judge(entries, call) {
      for (const one of await progress.list({ keys: entries.map(({ key }) => key), ...call }))
        present.set(one.key, one);
      return entries.map(({ key, entry }) => {
        const here = present.get(key);
        if (here === undefined) return 'write';
        if (isSame(here, entry)) return 'unchanged';
        const isNewer = entry.updatedAt !== null && Date.parse(entry.updatedAt) > Date.parse(here.updatedAt);
        return isNewer ? 'write' : 'kept';
      });
    },
    async write({ key, entry: { status, percentage, error, startedAt, updatedAt } }, call) {
      const change = {
        status,
        percentage,
        error: error === null ? null : { name: 'Error', message: error },
        startedAt: startedAt ?? updatedAt ?? undefined,
      };
      await progress.update(key, change, { ifVersion: present.get(key)?.version ?? 0, ...call });
    },
  };
}

function isSame(here: ProgressEntry, { status, percentage, error, startedAt }: OldProgress): boolean {
  return (
    here.status === status &&
    (status === 'complete' || here.percentage === percentage) &&
    (here.error?.message ?? null) === error &&
    (startedAt === null || Date.parse(here.startedAt) === Date.parse(startedAt))
  );
}
