import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RepoContent } from '../repo-definition.ts';
import { gitObjectId, lfsPointer } from './git-objects.ts';
import { defaultStorage } from './storage-kind.ts';
import { cdnEtag, storeFile } from './stored-file.ts';

const bytes = Uint8Array.from({ length: 3_000_001 }, (_, index) => index % 251);
const sha256 = createHash('sha256').update(bytes).digest('hex');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-hub-'));
  await writeFile(join(folder, 'file.bin'), bytes);
});

afterAll(() => rm(folder, { recursive: true }));

function contents(): [string, RepoContent][] {
  return [
    ['bytes', bytes],
    ['made when read', { sizeBytes: bytes.length, read: (at, length) => bytes.slice(at, at + length) }],
    ['made later', { sizeBytes: bytes.length, read: async (at, length) => bytes.slice(at, at + length) }],
    ['a file', { fromFile: join(folder, 'file.bin') }],
  ];
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

test('the same bytes in every form have the same digests and parts', async () => {
  for (const [name, content] of contents()) {
    const file = await storeFile({ path: 'file.bin', content });
    expect(file.lfs?.sha256, name).toBe(sha256);
    expect(file.gitSha1, name).toBe(gitObjectId('blob', lfsPointer(sha256, bytes.length)));
    const part = await collected(file.source.stream(1_048_570, 2_097_160));
    expect(part.equals(bytes.subarray(1_048_570, 2_097_160)), name).toBe(true);
    expect(await collected(file.source.stream(5, 5)), name).toHaveLength(0);
  }
});

test('a git file is hashed as a git blob and has no SHA-256', async () => {
  const file = await storeFile({ path: 'config.json', content: Buffer.from('hello\n') });
  expect(file).toMatchObject({ gitSha1: 'ce013625030ba8dba906f756967f9e9ca394464a', lfs: null });
});

test('the hash of the CDN and of Xet are neither the SHA-256 nor each other', async () => {
  const { lfs } = await storeFile({ path: 'file.bin', content: bytes });
  if (lfs === null) throw new Error('the file is not in LFS');
  expect(lfs.xetHash).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([lfs.sha256, lfs.xetHash, cdnEtag(lfs).replaceAll('"', '')]).size).toBe(3);
});

test('storage goes by size and extension, and the definition decides', async () => {
  expect(defaultStorage('config.json', 9_999)).toBe('git');
  expect(defaultStorage('tokenizer.json', 10_000)).toBe('lfs');
  expect(defaultStorage('a/Model.SafeTensors', 1)).toBe('lfs');
  for (const name of ['x.gguf', 'x.bin', 'x.ckpt', 'x.pt', 'x.pth', 'x.onnx'])
    expect(defaultStorage(name, 1)).toBe('lfs');
  const small = { path: 'x.bin', content: Buffer.from('x') };
  expect((await storeFile({ ...small, storage: 'git' })).lfs).toBeNull();
  expect((await storeFile({ path: 'a.txt', content: Buffer.from('x'), storage: 'lfs' })).lfs).not.toBeNull();
});

test('a hash that the definition tells is taken without reading the content', async () => {
  const read = (): Uint8Array => expect.unreachable();
  const told = 'a'.repeat(64);
  const file = await storeFile({ path: 'file.bin', content: { sizeBytes: 24e9, read }, sha256: told });
  expect(file.lfs?.sha256).toBe(told);
  expect(file.source.sizeBytes).toBe(24e9);
});
