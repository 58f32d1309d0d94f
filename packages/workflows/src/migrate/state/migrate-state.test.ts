import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorkspace } from '../../workspace/open-workspace.ts';
import { tempFolder } from '../../workspace.test-helper.ts';

async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const workspace = parts.use(await openWorkspace({ root: folder.join('library'), hub: { offline: true } }));
  const put = async (name: string, content: unknown): Promise<string> => {
    const path = folder.join(name);
    await writeFile(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    );
    return path;
  };
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(folder.join(name), 'utf8'));
  const owned = parts.move();
  return { folder, workspace, put, read, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const flux = {
  completed: true,
  repo_id: 'black-forest-labs/FLUX.1-dev',
  timestamp: '2025-03-01T10:00:00.000Z',
  size_bytes: 23_802_932_552,
};

it('a manifest is looked at, taken over once, and comes back', async () => {
  await using place = await scene();
  const { workspace, put, read, folder } = place;
  const half = { completed: false, repo_id: 'acme/half', timestamp: '2025-03-02T10:00:00.000Z', size_bytes: 0 };
  const content = { flux, half, ['__proto__x']: flux };
  const file = await put('.manifest.json', content);
  const plan = await workspace.migrateState('manifest', file, { dryRun: true });
  expect(plan).toEqual({
    path: file,
    kind: 'manifest',
    dryRun: true,
    unchanged: [],
    kept: [],
    problems: [],
    backup: null,
    written: ['flux', 'half', '__proto__x'],
  });
  const first = await workspace.migrateState('manifest', file);
  expect(first).toMatchObject({ written: plan.written, problems: [] });
  expect((await readFile(first.backup ?? '')).length).toBeGreaterThan(0);
  expect(await workspace.migrateState('manifest', file)).toMatchObject({
    written: [],
    unchanged: plan.written,
    backup: null,
  });
  await workspace.exportStateTo('manifest', folder.join('again.json'));
  expect(await read('again.json')).toEqual(content);
  await expect(workspace.exportStateTo('manifest', folder.join('again.json'))).rejects.toMatchObject({
    code: 'io.exists',
  });
  expect(await read('.manifest.json')).toEqual(content);

  const newer = await put('newer.json', {
    flux: { ...flux, repo_id: 'acme/other', timestamp: '2026-01-01T00:00:00Z' },
  });
  expect(await workspace.migrateState('manifest', newer)).toMatchObject({ written: ['flux'] });
  expect(await workspace.migrateState('manifest', file)).toMatchObject({ written: [], kept: ['flux'] });
});

it('progress is taken over once and comes back; what was being downloaded waits', async () => {
  await using place = await scene();
  const { workspace, put, read, folder } = place;
  const started_at = '2025-03-01T10:00:00.000Z';
  const content = {
    a: { status: 'downloading', percentage: 45.2, error: null, started_at },
    b: { status: 'error', percentage: 3, error: 'no room', updated_at: '2025-03-01T10:00:00' },
    c: { status: 'complete', percentage: 100, error: null, started_at },
    d: { status: 'pending' },
  };
  const file = await put('.progress.json', content);
  expect(await workspace.migrateState('progress', file)).toMatchObject({ written: ['a', 'b', 'c', 'd'], problems: [] });
  expect(await workspace.migrateState('progress', file)).toMatchObject({ written: [] });
  await workspace.exportStateTo('progress', folder.join('again.json'));
  expect(await read('again.json')).toMatchObject({
    ...content,
    b: { status: 'error', percentage: 3, error: 'no room', started_at },
    d: { status: 'pending', percentage: 0, error: null },
  });
});

it('tokens are kept, told of by their origins alone, and not replaced unless asked', async () => {
  await using place = await scene();
  const { workspace, put, folder } = place;
  const file = await put('.api_tokens.json', {
    hf_token: 'hf_first-secret',
    civitai_token: ' civ-secret ',
    other_token: 'other-secret',
    empty_token: null,
  });
  const report = await workspace.migrateState('tokens', file);
  expect(report.written).toEqual(['https://huggingface.co', 'https://civitai.com']);
  expect(report.problems).toEqual([{ key: 'other_token', field: null, reason: 'nobody knows where it is to be sent' }]);
  expect(JSON.stringify(report)).not.toContain('secret');
  expect(await workspace.migrateState('tokens', file)).toMatchObject({ written: [], kept: report.written });
  const changed = await put('changed.json', { hf_token: 'hf_second-secret' });
  expect(await workspace.migrateState('tokens', changed, { replaceTokens: true })).toMatchObject({
    written: ['https://huggingface.co'],
  });
  // @ts-expect-error tokens have no way back
  await expect(workspace.exportStateTo('tokens', folder.join('x.json'))).rejects.toMatchObject({
    code: 'core.invalid-argument',
  });
  expect((await readdir(folder.path)).toSorted()).toEqual(['.api_tokens.json', 'changed.json', 'library']);
  // In no file that is copied along with the library's state.
  expect((await readFile(report.backup ?? '')).includes('secret')).toBe(false);
});

it('what cannot be used of a file is told by its entry, and the rest is taken over', async () => {
  await using place = await scene();
  const { workspace, put } = place;
  const file = await put('.manifest.json', {
    good: { ...flux, note: 'of the tool' },
    text: 'completed',
    list: [],
    nothing: null,
    noRepo: { ...flux, repo_id: null },
    odd: { ...flux, size_bytes: -1 },
    when: { ...flux, timestamp: 'yesterday' },
    yes: { ...flux, completed: 'yes' },
    ['bad\u0007key']: flux,
    ['x'.repeat(2_000)]: flux,
  });
  const { written, problems } = await workspace.migrateState('manifest', file);
  expect(written).toEqual(['good', 'odd']);
  expect(problems.map(({ key, field }) => `${key.slice(0, 7)} ${field}`)).toEqual([
    'good note',
    'text null',
    'list null',
    'nothing null',
    'noRepo null',
    'odd size_bytes',
    'when timestamp',
    'when null',
    'yes completed',
    'yes null',
    'bad\u0007key null',
    'xxxxxxx null',
  ]);
  const progress = await put('.progress.json', {
    a: { status: 'running' },
    b: { status: 'toString' },
    c: { status: 'pending', percentage: 101 },
  });
  expect(await workspace.migrateState('progress', progress)).toMatchObject({
    written: ['c'],
    problems: [{ key: 'a' }, { key: 'b' }, { key: 'c', field: 'percentage' }],
  });
  const tokens = await put('.api_tokens.json', { hf_token: { of: 'secret' }, civitai_token: 'two words' });
  const told = await workspace.migrateState('tokens', tokens);
  expect(told).toMatchObject({ written: [], problems: [{ key: 'hf_token' }, { key: 'civitai_token' }] });
  expect(JSON.stringify(told)).not.toMatch(/secret|words/u);
});

it.each(['manifest', 'progress', 'tokens'] as const)(
  'a broken %s is refused, and nothing is written or quoted',
  async (kind) => {
    await using place = await scene();
    const { workspace, put, folder } = place;
    const broken = [
      '',
      '{',
      '[]',
      '7',
      'null',
      '{"hf_token": "secret"',
      Buffer.from([0x7b, 0xff, 0x7d]),
      '{"a":'.repeat(50_000),
    ];
    for (const content of broken) {
      const file = await put('broken.json', content);
      const error: unknown = await workspace.migrateState(kind, file).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'workflows.unreadable-source', facts: { path: file } });
      expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('secret');
    }
    for (const path of [folder.path, join(folder.path, 'none.json'), '']) {
      await expect(workspace.migrateState(kind, path)).rejects.toMatchObject({
        code:
          path === '' ? 'core.invalid-argument' : path === folder.path ? 'workflows.unreadable-source' : 'io.not-found',
      });
    }
  },
);

it('a library that is open for reading takes nothing over, tokens least of all', async () => {
  await using place = await scene();
  const { workspace, put, folder } = place;
  const manifest = await put('.manifest.json', { flux });
  const tokens = await put('.api_tokens.json', { hf_token: 'hf_canary_of_a_reader' });
  await workspace.migrateState('manifest', manifest);
  await using reader = await openWorkspace({ root: folder.join('library'), mode: 'read', hub: { offline: true } });
  for (const [kind, path] of [
    ['manifest', manifest],
    ['tokens', tokens],
  ] as const) {
    await expect(reader.migrateState(kind, path)).rejects.toMatchObject({ code: 'library.read-only' });
  }
  expect(await workspace.tokens.list()).toEqual([]);
  expect(await reader.migrateState('manifest', manifest, { dryRun: true })).toMatchObject({ unchanged: ['flux'] });
});
