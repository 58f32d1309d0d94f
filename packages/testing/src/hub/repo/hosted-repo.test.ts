import { expect, test } from 'vitest';
import type { RepoDefinition } from '../repo-definition.ts';
import { hostRepo } from './hosted-repo.ts';
import { snapshotAt } from './references.ts';

const definition: RepoDefinition = {
  id: 'acme/tiny',
  files: [
    { path: 'a.txt', content: Buffer.from('a') },
    { path: 'sub/b.bin', content: Buffer.from('b') },
  ],
  branches: ['dev'],
};

test('commit ids come from the content: the same steps give the same ids', async () => {
  const ids = async (text: string): Promise<string[]> => {
    const repo = hostRepo(definition);
    const first = snapshotAt(await repo.history(), 'main')?.id ?? '';
    const second = await repo.commit({ files: [{ path: 'a.txt', content: Buffer.from(text) }] });
    return [first, second];
  };
  const [first, second] = await ids('x');
  expect(first).toMatch(/^[0-9a-f]{40}$/);
  expect(await ids('x')).toEqual([first, second]);
  const [sameFirst, otherSecond] = await ids('y');
  expect(sameFirst).toBe(first);
  expect(otherSecond).not.toBe(second);
});

test('a commit adds, changes and deletes; the older commit keeps its files', async () => {
  const repo = hostRepo(definition);
  const before = snapshotAt(await repo.history(), 'main');
  const id = await repo.commit({
    files: [
      { path: 'a.txt', content: Buffer.from('changed') },
      { path: 'new/c.txt', content: Buffer.from('c') },
    ],
    deletes: ['sub/b.bin'],
  });
  const after = snapshotAt(await repo.history(), 'main');
  expect(after?.id).toBe(id);
  expect([...(after?.files.keys() ?? [])]).toEqual(['a.txt', 'new/c.txt']);
  expect([...(after?.folders.keys() ?? [])]).toEqual(['new']);
  expect([...(before?.files.keys() ?? [])]).toEqual(['a.txt', 'sub/b.bin']);
  expect(snapshotAt(await repo.history(), before?.id ?? '')).toBe(before);
});

test('commits on another branch leave main alone, and those at once form one line', async () => {
  const repo = hostRepo(definition);
  const main = snapshotAt(await repo.history(), 'main')?.id;
  const commits = await Promise.all(
    ['1', '2', '3'].map((text) =>
      repo.commit({ files: [{ path: `${text}.txt`, content: Buffer.from(text) }], branch: 'dev' }),
    ),
  );
  const dev = snapshotAt(await repo.history(), 'dev');
  expect(dev?.id).toBe(commits[2]);
  expect([...(dev?.files.keys() ?? [])]).toEqual(['1.txt', '2.txt', '3.txt', 'a.txt', 'sub/b.bin']);
  expect(snapshotAt(await repo.history(), 'main')?.id).toBe(main);
  expect(repo.lastModifiedMs()).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
});

test('a commit on an unknown branch fails, and the next one succeeds', async () => {
  const repo = hostRepo(definition);
  await expect(repo.commit({ branch: 'nothing' })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  await expect(repo.commit({ deletes: ['a.txt'] })).resolves.toMatch(/^[0-9a-f]{40}$/);
});

test('a path listed twice is refused', () => {
  const [file] = definition.files;
  if (file === undefined) throw new Error('the definition has no file');
  expect(() => hostRepo({ id: 'acme/twice', files: [file, file] })).toThrow('lists the file a.txt twice');
});
