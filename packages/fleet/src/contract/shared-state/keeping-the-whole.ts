import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { settableClock, type ContractCase } from '@modelkeep/core';
import type { StateHarness } from './state-harness.ts';

/** @internal Opening, closing, backup and reset. */
export const keepingTheWhole: readonly ContractCase<StateHarness>[] = [
  {
    title: 'a reset makes a backup, forgets everything but the tokens, and tells who follows to read anew',
    async run({ open, hasBackup }) {
      const { state } = await open();
      await state.progress.update('a', {});
      await state.repos.register({ provider: 'hf', repo: 'a/b', revision: 'main' });
      await state.tokens.set({ origin: 'https://a.example.test', value: 'x' });
      const pages: boolean[] = [];
      for await (const page of state.changes()) {
        pages.push(page.resync);
        if (pages.length === 2) break;
        const { backup } = await state.reset();
        ok(await hasBackup(backup));
      }
      deepEqual(pages, [true, true]);
      deepEqual([await state.progress.list(), await state.repos.list()], [[], []]);
      equal((await state.tokens.list()).length, 1);
      notEqual(await state.progress.update('a', {}), null);
      await state.close();
    },
  },
  {
    title: 'copies that are made at once have names of their own, and each is there',
    async run({ open, hasBackup }) {
      const clock = settableClock(Date.parse('2026-05-04T10:00:00.000Z'));
      const [one, other] = [await open({ clock }), await open({ clock })];
      await one.state.progress.update('a', {});
      const states = [one, other, one, other, one, other].map(({ state }) => state);
      const copies = await Promise.all(states.map((state) => state.backup()));
      equal(new Set(copies).size, copies.length);
      for (const copy of copies) ok(await hasBackup(copy));
      await Promise.all([one.state.close(), other.state.close()]);
    },
  },
  {
    title: 'what is closed says so; closing twice is one closing',
    async run({ open }) {
      const { state } = await open();
      const written = state.progress.update('a', {});
      await Promise.all([state.close(), state.close()]);
      equal((await written).key, 'a');
      await rejects(state.progress.update('a', {}), { code: 'core.closed' });
      await rejects(state.progress.get('a'), { code: 'core.closed' });
      const { state: again } = await open();
      equal((await again.progress.list()).length, 1);
      await again.close();
    },
  },
];
