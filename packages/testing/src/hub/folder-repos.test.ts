import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderRepos, serveFolder } from './folder-repos.ts';
import { headerOf, jsonOf, probe } from './http/probe.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-hub-'));
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await put('acme/tiny/config.json', 'hello\n');
  await put('acme/tiny/sub/deep/model.safetensors', 'weights');
  await put('acme/tiny/.gitattributes', 'x');
  await put('acme/tiny/.git/HEAD', 'x');
  await put('acme/other/a.gguf', 'x');
  await put('acme/loose-file', 'x');
  await put('.hidden/repo/a', 'x');
  await put('secret.txt', 'outside of every repo');
  await mkdir(join(folder, 'acme/empty'));
  await symlink(join(folder, 'secret.txt'), join(folder, 'acme/tiny/link.txt'));
  await symlink(folder, join(folder, 'acme/tiny/loop'));
  await symlink(join(folder, 'acme'), join(folder, 'linked'));
});

afterAll(() => rm(folder, { recursive: true }));

test('each <org>/<name> with files is a repo; links and .git are left out', async () => {
  const repos = await folderRepos(folder);
  expect(repos.map(({ id, files }) => [id, files.map(({ path }) => path).sort()])).toEqual([
    ['acme/other', ['a.gguf']],
    ['acme/tiny', ['.gitattributes', 'config.json', 'sub/deep/model.safetensors']],
  ]);
});

test('a folder that is not there is the system error', async () => {
  await expect(folderRepos(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the files are served from the disk, beside repos given as data', async () => {
  await using hub = await serveFolder(folder, { repos: [{ id: 'gpt2', files: [] }] });
  expect(jsonOf(await probe(`${hub.hubUrl}/api/models`))).toMatchObject([
    { id: 'acme/other' },
    { id: 'acme/tiny' },
    { id: 'gpt2' },
  ]);
  const resolve = `${hub.hubUrl}/acme/tiny/resolve/main`;
  const model = await probe(`${resolve}/sub/deep/model.safetensors`);
  expect((await probe(headerOf(model, 'location'))).bytes.toString()).toBe('weights');
  for (const path of ['link.txt', '../../secret.txt', '..%2F..%2Fsecret.txt', 'loop/secret.txt']) {
    expect((await probe(`${resolve}/${path}`)).status, path).toBe(404);
  }
});
