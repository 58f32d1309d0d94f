import { expect, test } from 'vitest';
import { commitId, gitObjectId, lfsPointer } from './git-objects.ts';
import { gitTrees } from './git-tree.ts';

// The expected ids were made by git itself.
const blobs = new Map([
  ['sub/deep/x.txt', 'ce013625030ba8dba906f756967f9e9ca394464a'],
  ['a/b', '5626abf0f72e58d7a153368ba57db4c673c0e171'],
  ['a.txt', 'f719efd430d52bcfc8566a43b2eb655688d38871'],
  ['a0', '2bdf67abb163a4ffb2d7f3f0880c9fe5068ce782'],
]);

test('a blob has the id that git gives it', () => {
  expect(gitObjectId('blob', Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
});

test('trees have the ids that git gives them, with its order of folders', () => {
  const trees = gitTrees(blobs);
  expect(trees.root).toBe('6531e8bf54bab69af1035568b0840ac1075e14c5');
  expect(Object.fromEntries(trees.folders)).toEqual({
    a: '518d9d3fd1bc7af5f212dbbf6fa4906a4d73aaef',
    sub: 'c6970bf9d1d8f6c4313cd070ee4d7a14cad7da59',
    'sub/deep': '9fa6a6d71d42445400aef1e5fda85a9cd64eb517',
  });
});

test('a repo without files has the empty tree of git', () => {
  expect(gitTrees(new Map()).root).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test('a commit has the id that git gives it', () => {
  const atMs = Date.parse('2026-01-01T00:00:00Z');
  const facts = { tree: gitTrees(blobs).root, parent: null, atMs, title: 'initial commit' };
  expect(commitId(facts)).toBe('9a839100a7c6735a35e4737449ba2a6284b68702');
  expect(commitId({ ...facts, parent: commitId(facts) })).not.toBe(commitId(facts));
});

test('a pointer is the text of the LFS specification', () => {
  const oid = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
  expect(Buffer.from(lfsPointer(oid, 12345)).toString()).toBe(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`,
  );
});
