import type { ManifestEntry, ManifestRecord, SharedState } from '@modelkeep/fleet';
import { entryFields } from './entry-fields.ts';
import type { EntryKind } from './entry-kind.ts';

/** @internal The entries of `.manifest.json`: `{ "<key>": { completed, repo_id, timestamp, size_bytes } }`. */
export function manifestEntries({ manifest }: Pick<SharedState, 'manifest'>): EntryKind<ManifestRecord> {
  const present = new Map<string, ManifestEntry>();
  return {
    read(key, value, note) {
      const fields = entryFields(key, value, note);
      if (fields === null) return null;
      const completed = fields.flag('completed');
      const repoId = fields.text('repo_id');
      const at = fields.time('timestamp');
      const sizeBytes = fields.number('size_bytes', { from: 0, to: Number.MAX_SAFE_INTEGER, whole: true });
      fields.end();
      if (completed === null) return fields.refuse('it does not say whether it is completed');
      if (repoId === null) return fields.refuse('it does not say of which repo');
      if (at === null) return fields.refuse('it does not say when');
      return { key, entry: { completed, repoId, revision: null, sizeBytes: sizeBytes ?? 0, at } };
    },
    async judge(entries, call) {
      for (const one of await manifest.list({ keys: entries.map(({ key }) => key), ...call }))
        present.set(one.key, one);
      return entries.map(({ key, entry }) => {
        const here = present.get(key);
        if (here === undefined) return 'write';
        if (isSame(here, entry)) return 'unchanged';
        return Date.parse(here.at) >= Date.parse(entry.at) ? 'kept' : 'write';
      });
    },
    async write({ key, entry }, call) {
      await manifest.set(key, entry, { ifVersion: present.get(key)?.version ?? 0, ...call });
    },
  };
}

function isSame(one: ManifestRecord, other: ManifestRecord): boolean {
  return (
    one.completed === other.completed &&
    one.repoId === other.repoId &&
    one.sizeBytes === other.sizeBytes &&
    Date.parse(one.at) === Date.parse(other.at)
  );
}
