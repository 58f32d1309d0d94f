import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import type { ContractCase } from '@modelkeep/core';
import type { ManifestRecord } from '../../ports/manifest.ts';
import type { StateHarness } from './state-harness.ts';

const record: ManifestRecord = {
  completed: true,
  repoId: 'acme/tiny-flux',
  revision: 'b'.repeat(40),
  sizeBytes: 5_000_000_000,
  at: '2026-05-04T10:00:00.000Z',
};

/** @internal What libraries have completed. */
export const tellingCompleted: readonly ContractCase<StateHarness>[] = [
  {
    title: 'what was completed is told to every process, and is written once',
    async run({ open }) {
      const { state } = await open();
      const entry = await state.manifest.set('flux', record);
      partialDeepStrictEqual(entry, { ...record, key: 'flux', libraryId: state.libraryId });
      const { state: other } = await open();
      deepEqual(await other.manifest.list(), [entry]);
      deepEqual(await other.manifest.set('flux', record), entry);
      const changed = await other.manifest.set('flux', { ...record, revision: null, completed: false });
      deepEqual(await state.manifest.get('flux'), changed);
      ok(changed.version > entry.version);
      await rejects(state.manifest.set('flux', record, { ifVersion: entry.version }), { code: 'fleet.conflict' });
      await rejects(state.manifest.delete('flux', { ifVersion: entry.version }), { code: 'fleet.conflict' });
      equal(await state.manifest.delete('flux', { ifVersion: changed.version }), true);
      equal(await state.manifest.delete('flux'), false);
      equal(await other.manifest.get('flux'), null);
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: "a library's completion is never read as another's",
    async run({ open, sharesLibraries }) {
      if (!sharesLibraries) return;
      const { state } = await open();
      const { state: other } = await open({ libraryId: '01990000-0000-7000-8000-00000000000b' });
      await state.manifest.set('flux', record);
      equal(await other.manifest.get('flux'), null);
      deepEqual(await other.manifest.list(), []);
      await other.manifest.set('flux', { ...record, completed: false });
      equal((await state.manifest.get('flux'))?.completed, true);
      const all = await other.manifest.list({ libraries: 'all' });
      deepEqual(new Set(all.map(({ libraryId }) => libraryId)), new Set([state.libraryId, other.libraryId]));
      await other.manifest.delete('flux');
      equal((await state.manifest.get('flux'))?.completed, true);
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: 'a record that breaks a rule is refused',
    async run({ open }) {
      const { state } = await open();
      for (const change of [{ sizeBytes: -1 }, { sizeBytes: 1.5 }, { at: 'yesterday' }, { repoId: '' }]) {
        await rejects(state.manifest.set('a', { ...record, ...change }), { code: 'core.invalid-argument' });
      }
      await rejects(state.manifest.set('a\u0000', record), { code: 'core.invalid-argument' });
      deepEqual(await state.manifest.list(), []);
      await state.close();
    },
  },
];
