import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repo, scene, statesOf, text } from './repos.test-helper.ts';

describe('a repo', () => {
  it('is registered once, and only where it is one', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const registered = await repos.register('hf:acme/lora');
    expect(registered).toMatchObject({ repo: 'acme/lora', revision: 'main', status: 'registered', commit: null });
    expect(await repos.register(`${it.hub.hubUrl}/acme/lora`)).toEqual(registered);
    expect(await repos.list()).toEqual([registered]);
    expect(it.hub.requests).toEqual([]);
    for (const reference of ['hf:acme/lora/line.safetensors', 'civitai:7', 'https://files.example/a?token=x']) {
      await expect(repos.register(reference)).rejects.toMatchObject({ code: 'workflows.invalid-reference' });
    }
    await expect(repos.get('none')).rejects.toMatchObject({ code: 'fleet.not-found' });
    await expect(repos.sync('none').result).rejects.toMatchObject({ code: 'fleet.not-found' });
    await expect(repos.download(['none']).result).rejects.toMatchObject({
      code: 'fleet.not-found',
      facts: { topic: 'artifacts', key: 'none' },
    });
    expect(await repos.remove('none')).toBe(false);
  });

  it('is synced: its files are known, and the small ones are here', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { repo: synced, artifacts, failures } = await repos.sync(id).result;
    expect(synced).toMatchObject({ status: 'synced', commit: await it.hub.commitOf('acme/lora'), error: null });
    expect(failures).toEqual([]);
    expect(statesOf(artifacts)).toEqual([
      ['README.md', 'completed'],
      ['conf/model.json', 'completed'],
      ['conf/old.json', 'completed'],
      ['line.safetensors', 'pending'],
    ]);
    const [readme, config] = artifacts;
    expect(await readFile(readme?.localPath ?? '', 'utf8')).toBe('# Thick lines');
    expect(await readFile(config?.localPath ?? '', 'utf8')).toBe('{"a": 1}');
    expect(readme?.contentSha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(readme?.localPath).toMatch(/repos.hf.acme__lora.main-[0-9a-f]{8}.README\.md$/u);

    // A file that was deleted by hand shows at once, and is the only one that is fetched again.
    await rm(config?.localPath ?? '');
    expect(statesOf(await repos.artifacts({ status: 'pending' }))).toEqual([
      ['conf/model.json', 'pending'],
      ['line.safetensors', 'pending'],
    ]);
    it.hub.resetRequests();
    await repos.sync(id).result;
    expect(statesOf(await repos.artifacts({ repo: id, status: 'pending' }))).toEqual([['line.safetensors', 'pending']]);
    expect(it.hub.requests.filter(({ path }) => path.includes('/resolve/')).map(({ path }) => basename(path))).toEqual([
      'model.json',
    ]);

    expect(await repos.remove(id)).toBe(true);
    expect(await repos.artifacts()).toEqual([]);
    expect(await readdir(`${it.root}/repos/hf/acme__lora`)).toEqual([]);
  });

  it('fetches what is under 10 MB at once, and leaves the rest to be asked for', async () => {
    const files = [
      { path: 'below.txt', content: Buffer.alloc(9_999_999, 'a') },
      { path: 'large.txt', content: Buffer.alloc(10_000_000, 'b') },
    ];
    await using it = await scene({ id: 'acme/words', files });
    const { repos } = it.library;
    const { artifacts } = await repos.sync((await repos.register('hf:acme/words')).id).result;
    expect(statesOf(artifacts)).toEqual([
      ['below.txt', 'completed'],
      ['large.txt', 'pending'],
    ]);
  });

  it('fetches no small file where none is wanted, and none by a name that nothing may have', async () => {
    const hostile = { path: 'a/../../../x.json', content: text('no') };
    await using it = await scene({ ...repo, files: [...repo.files, hostile] });
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    await repos.sync(id, { smallFileBytes: 0 }).result;
    expect(await repos.artifacts({ status: 'completed' })).toEqual([]);
    const { failures } = await repos.sync(id).result;
    expect(failures).toMatchObject([{ path: hostile.path, error: { code: 'library.unsafe-name' } }]);
    expect(await repos.artifacts({ status: 'failed' })).toMatchObject([
      { path: hostile.path, localPath: null, error: { code: 'library.unsafe-name' } },
    ]);
    await expect(stat(`${it.root}/repos/hf/x.json`)).rejects.toThrow('ENOENT');
  });
});
