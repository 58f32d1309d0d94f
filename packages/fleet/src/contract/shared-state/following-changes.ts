import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import type { ContractCase } from '@modelkeep/core';
import type { SharedState } from '../../ports/shared-state.ts';
import type { StateChangePage, StateChangesOptions } from '../../ports/state-changes.ts';
import type { StateHarness } from './state-harness.ts';

/** The keys that are told until all of these were. */
async function keysUntil(
  state: SharedState,
  wanted: readonly string[],
  options: StateChangesOptions & { readonly onStart?: () => Promise<unknown> },
): Promise<{ keys: string[]; cursor: string }> {
  const { onStart, ...following } = options;
  const keys: string[] = [];
  const missing = new Set(wanted);
  let cursor = '';
  for await (const page of state.changes(following)) {
    if (page.resync) await onStart?.();
    cursor = page.cursor;
    for (const { key } of page.changes) {
      keys.push(key);
      missing.delete(key);
    }
    if (missing.size === 0 && !page.resync) break;
  }
  return { keys, cursor };
}

/** @internal The change feed. */
export const followingChanges: readonly ContractCase<StateHarness>[] = [
  {
    title: 'begins with a cursor, tells what another process does, and goes on from a cursor later',
    async run({ open }) {
      const [{ state }, { state: other }] = await Promise.all([open(), open()]);
      await state.progress.update('before', {});
      const { keys, cursor } = await keysUntil(state, ['a', 'b'], {
        onStart: async () => {
          await other.progress.update('a', {});
          await state.progress.update('b', {});
        },
      });
      deepEqual(new Set(keys), new Set(['a', 'b']));
      await other.progress.delete('a');
      await other.declared.declare([{ key: 'c', source: 'hf:a/b' }]);
      await other.manifest.set('d', { completed: true, repoId: 'a/b', revision: null, sizeBytes: 1, at: '2026-05-04' });
      const later = await keysUntil(state, ['a', 'c', 'd'], { since: cursor });
      deepEqual(new Set(later.keys), new Set(['a', 'c', 'd']));
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: 'tells of the topics that were asked for',
    async run({ open }) {
      const { state } = await open();
      const seen: StateChangePage[] = [];
      for await (const page of state.changes({ topics: ['progress', 'artifacts'] })) {
        seen.push(page);
        if (page.resync) {
          await state.declared.declare([{ key: 'a', source: 'hf:a/b' }]);
          const { id } = await state.repos.register({ provider: 'hf', repo: 'a/b', revision: 'main' });
          await state.repos.replaceArtifacts(id, [{ path: 'x', sizeBytes: 1, sha256: null, gitSha1: null }]);
          await state.progress.update('last', {});
        }
        if (page.changes.some(({ key }) => key === 'last')) break;
      }
      const topics = seen.flatMap(({ changes }) => changes.map(({ topic }) => topic));
      deepEqual(new Set(topics), new Set(['artifacts', 'progress']));
      await state.close();
    },
  },
  {
    title: 'no change is lost while several write at once',
    async run({ open }) {
      const writers = await Promise.all([open(), open(), open()]);
      const { state } = await open();
      const all = writers.flatMap((_, writer) => Array.from({ length: 40 }, (__, number) => `${writer}-${number}`));
      let writing: Promise<unknown> = Promise.resolve();
      const { keys } = await keysUntil(state, all, {
        onStart: async () => {
          writing = Promise.all(
            writers.map(async ({ state: own }, writer) => {
              for (let number = 0; number < 40; number += 1) await own.progress.update(`${writer}-${number}`, {});
            }),
          );
        },
      });
      await writing;
      deepEqual(new Set(keys), new Set(all));
      await Promise.all([...writers.map((one) => one.state.close()), state.close()]);
    },
  },
  {
    title: 'a listener hears the same; what it throws ends nothing; it ends when it is told to',
    async run({ open }) {
      const { state } = await open();
      const heard: string[] = [];
      const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
      const { promise: told, resolve: onTold } = Promise.withResolvers<void>();
      const stop = state.subscribe((page) => {
        if (page.resync) onStarted();
        heard.push(...page.changes.map(({ key }) => key));
        if (heard.includes('b')) onTold();
        throw new Error('a broken listener');
      });
      await started;
      await state.progress.update('a', {});
      await state.progress.update('b', {});
      await told;
      stop();
      await state.progress.update('c', {});
      ok(heard.includes('a') && !heard.includes('c'));
      await state.close();
    },
  },
  {
    title: 'a text that is no cursor is refused, one of another state asks to read anew, an end has its reason',
    async run({ open }) {
      const { state } = await open();
      const next = async (options: StateChangesOptions): Promise<StateChangePage | undefined> => {
        for await (const page of state.changes(options)) return page;
        return undefined;
      };
      await rejects(next({ since: 'yesterday' }), { code: 'core.invalid-argument' });
      const reason = new Error('enough');
      await rejects(next({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
      const first = await next({});
      partialDeepStrictEqual(first, { resync: true, changes: [] });
      const waiting = next({ since: first?.cursor });
      await state.progress.update('a', {});
      equal((await waiting)?.changes[0]?.key, 'a');
      const ended = next({ since: (await next({}))?.cursor });
      const failed = rejects(ended, { code: 'core.closed' });
      await state.close();
      await failed;
    },
  },
];
