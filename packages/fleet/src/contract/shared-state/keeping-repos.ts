import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import type { ContractCase } from '@modelkeep/core';
import type { StateHarness } from './state-harness.ts';

const source = { provider: 'hf', repo: 'acme/tiny-flux', revision: 'main' };
const file = (path: string, digit: string): { path: string; sizeBytes: number; sha256: string; gitSha1: null } => ({
  path,
  sizeBytes: 10,
  sha256: digit.repeat(64),
  gitSha1: null,
});

/** @internal Repos and their artifacts. */
export const keepingRepos: readonly ContractCase<StateHarness>[] = [
  {
    title: 'a repo is registered once, and goes from registered to synced to error',
    async run({ open }) {
      const [{ state }, { state: other }] = await Promise.all([open(), open()]);
      const [first, second] = await Promise.all([state.repos.register(source), other.repos.register(source)]);
      deepEqual(first, second);
      partialDeepStrictEqual(first, { ...source, status: 'registered', commit: null, error: null, syncedAt: null });
      const commit = 'c'.repeat(40);
      const at = '2026-05-04T10:00:00.000Z';
      const synced = await other.repos.update(first.id, { status: 'synced', commit, syncedAt: at });
      deepEqual(await state.repos.get(first.id), synced);
      const error = { name: 'Error', message: 'gone' };
      const failed = await state.repos.update(first.id, { status: 'error', error }, { ifVersion: synced.version });
      partialDeepStrictEqual(failed, { status: 'error', error, commit });
      await rejects(state.repos.update(first.id, {}, { ifVersion: synced.version }), { code: 'fleet.conflict' });
      await rejects(state.repos.update('nothing', {}), { code: 'fleet.not-found' });
      deepEqual(await state.repos.list({ status: 'error' }), [failed]);
      deepEqual(await state.repos.list({ status: 'synced' }), []);
      equal(await other.repos.delete(first.id), true);
      equal(await other.repos.delete(first.id), false);
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: 'artifacts follow the tree: what changed is pending again, what stayed stays, what went goes',
    async run({ open }) {
      const { state } = await open();
      const { id } = await state.repos.register(source);
      const first = await state.repos.replaceArtifacts(id, [file('b', '2'), file('a', '1'), file('c', '3')]);
      deepEqual(
        first.map(({ path, status }) => [path, status]),
        [
          ['a', 'pending'],
          ['b', 'pending'],
          ['c', 'pending'],
        ],
      );
      const done = { status: 'completed', localPath: '/x', contentSha256: '1'.repeat(64) } as const;
      for (const one of first) await state.repos.updateArtifact(one.id, done);
      const second = await state.repos.replaceArtifacts(id, [file('a', '1'), file('b', '9'), file('d', '4')]);
      partialDeepStrictEqual(second, [
        { path: 'a', id: first[0]?.id, ...done },
        { path: 'b', id: first[1]?.id, status: 'pending', localPath: null, contentSha256: null },
        { path: 'd', status: 'pending' },
      ]);
      const ids = [first[0]?.id ?? '', first[2]?.id ?? '', 'nothing'];
      deepEqual(
        (await state.repos.listArtifacts({ ids })).map(({ path }) => path),
        ['a'],
      );
      deepEqual(
        (await state.repos.listArtifacts({ repoId: id, status: 'pending' })).map(({ path }) => path),
        ['b', 'd'],
      );
      deepEqual(await state.repos.replaceArtifacts(id, [file('a', '1'), file('b', '9'), file('d', '4')]), second);
      await state.repos.delete(id);
      deepEqual(await state.repos.listArtifacts({}), []);
      await state.close();
    },
  },
  {
    title: 'what breaks a rule is refused, and changes nothing',
    async run({ open }) {
      const { state } = await open();
      await rejects(state.repos.register({ ...source, repo: '' }), { code: 'core.invalid-argument' });
      await rejects(state.repos.replaceArtifacts('nothing', [file('a', '1')]), { code: 'fleet.not-found' });
      const { id } = await state.repos.register(source);
      const twice = state.repos.replaceArtifacts(id, [file('a', '1'), file('a', '2')]);
      await rejects(twice, { code: 'core.invalid-argument' });
      await rejects(state.repos.replaceArtifacts(id, [file('a', 'x')]), { code: 'core.invalid-argument' });
      for (const path of ['', 'a\0b', 'a\ud800', 'a'.repeat(4_097)]) {
        await rejects(state.repos.replaceArtifacts(id, [file(path, '1')]), { code: 'core.invalid-argument' });
      }
      deepEqual(await state.repos.listArtifacts({ repoId: id }), []);
      const [artifact] = await state.repos.replaceArtifacts(id, [file('../../etc/passwd', '1')]);
      await rejects(state.repos.updateArtifact(artifact?.id ?? '', { contentSha256: 'no' }), {
        code: 'core.invalid-argument',
      });
      for (const localPath of ['a\0b', 'a\ud800']) {
        await rejects(state.repos.updateArtifact(artifact?.id ?? '', { localPath }), { code: 'core.invalid-argument' });
      }
      await rejects(state.repos.updateArtifact(artifact?.id ?? '', {}, { ifVersion: 0 }), { code: 'fleet.conflict' });
      ok(artifact?.path === '../../etc/passwd', 'a path is a text here, and judged by whoever writes a file');
      await state.close();
    },
  },
];
