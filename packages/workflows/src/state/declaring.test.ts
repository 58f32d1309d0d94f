import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = buildFluxLora();
const config = new TextEncoder().encode('{"a":1}');
const repo = {
  id: 'acme/lora',
  files: [
    { path: 'a.safetensors', content: lora },
    { path: 'config.json', content: config },
  ],
};
const flux = {
  key: 'flux',
  source: 'hf:acme/lora',
  description: 'draws',
  service: 'images',
  selection: { include: ['*.safetensors', '*.json'] },
};

describe('declared models', () => {
  it('are missing, are ensured, and are ready for every process, without asking anybody again', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    await using library = await openWorkspace(options);
    await using other = await openWorkspace(options);
    await library.declare([flux]);
    expect(await other.checkStatus()).toMatchObject([
      { key: 'flux', description: 'draws', service: 'images', state: 'missing', progress: null },
    ]);
    expect(await library.isReady(['flux'])).toBe(false);
    const { ensured, bytesFetched } = await library.ensure(['flux', 'flux']).result;
    const sizeBytes = lora.length + config.length;
    expect(ensured).toMatchObject([{ key: 'flux', bytesFetched: sizeBytes }]);
    expect(bytesFetched).toBe(sizeBytes);
    expect(await other.isDownloaded('flux', 'acme/lora')).toBe(true);
    expect(await other.isDownloaded('flux', 'acme/other')).toBe(false);
    expect(await other.isReady(['flux', 'unknown'])).toBe(false);
    expect(await other.checkStatus()).toMatchObject([
      {
        state: 'ready',
        sizeBytes,
        bytesHere: sizeBytes,
        progress: { status: 'complete', percentage: 100, bytesDone: sizeBytes, error: null },
      },
    ]);
    expect(await other.shared?.manifest.list()).toMatchObject([
      { key: 'flux', completed: true, repoId: 'acme/lora', sizeBytes },
    ]);
    await using offline = await openWorkspace({ ...options, hub: { ...options.hub, offline: true } });
    expect((await offline.ensure(['flux']).result).bytesFetched).toBe(0);
  });

  it('a file that was deleted by hand, and a model that was deleted, show at once', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    await library.declare([flux]);
    const { ensured } = await library.ensure(['flux']).result;
    const model = ensured[0]?.models.find(({ type }) => type === 'lora');
    const file = join(library.folderOf(model ?? (await library.get('nothing'))), 'a.safetensors');
    await rm(file);
    expect(await library.isDownloaded('flux')).toBe(false);
    expect(await library.checkStatus()).toMatchObject([{ state: 'incomplete', bytesHere: config.length }]);
    await writeFile(file, lora.subarray(1));
    expect(await library.isDownloaded('flux')).toBe(false);
    await writeFile(file, lora.with(lora.length - 1, 7));
    expect(await library.isDownloaded('flux')).toBe(true);
    expect(await library.isDownloaded('flux', 'acme/lora', { depth: 'hash' })).toBe(false);
    expect(await library.isReady(['flux'], { depth: 'hash' })).toBe(false);
    expect(await library.checkStatus({ depth: 'hash' })).toMatchObject([
      { state: 'incomplete', bytesHere: config.length },
    ]);
    await writeFile(file, lora);
    expect(await library.isDownloaded('flux')).toBe(true);
    expect(await library.isReady(['flux'], { depth: 'hash' })).toBe(true);
    await library.delete(model?.id ?? '');
    expect(await library.isDownloaded('flux')).toBe(false);
    await library.ensure(['flux']).result;
    expect(await library.isDownloaded('flux')).toBe(true);
  });

  it('two processes that ensure the same at once fetch it once', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    await using library = await openWorkspace(options);
    await using other = await openWorkspace(options);
    await library.declare([flux]);
    const results = await Promise.all([library.ensure(['flux']).result, other.ensure(['flux']).result]);
    const fetched = results.map(({ bytesFetched }) => bytesFetched).sort((a, b) => a - b);
    expect(fetched).toEqual([0, lora.length + config.length]);
  });

  it('processes that ensure the same at once fetch it once, and of one that is killed the next goes on', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    await using library = await openWorkspace(options);
    const sizeBytes = lora.length + config.length;
    await library.declare([flux, { ...flux, key: 'other', source: 'hf:acme/other' }]);
    const children = await Promise.all(['flux', 'flux'].map((key) => startEnsuring(options, key)));
    for (const child of children) child.go();
    const told = await Promise.all(children.map(({ lines }) => lines()));
    const fetched = told.map((lines) => (JSON.parse(lines.at(-1) ?? '') as { bytesFetched: number }).bytesFetched);
    expect(fetched.toSorted((a, b) => a - b)).toEqual([0, sizeBytes]);
    expect(await library.checkStatus()).toMatchObject([{ key: 'flux', state: 'ready' }, { state: 'missing' }]);

    await hub.addRepo({
      id: 'acme/other',
      files: [{ path: 'b.safetensors', content: buildFluxLora({ fillSeed: 5 }) }],
    });
    hub.setPace({ bytesPerSecond: lora.length / 20 });
    const child = await startEnsuring(options, 'other');
    child.go();
    await child.moving;
    // It is alive: nobody else begins.
    const tooEarly = AbortSignal.timeout(300);
    await expect(library.ensure(['other'], { signal: tooEarly }).result).rejects.toThrow();
    child.kill();
    await child.lines();
    hub.setPace({});
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    await using later = await openWorkspace({ ...options, clock });
    const { ensured } = await later.ensure(['other']).result;
    expect(ensured[0]?.models).toHaveLength(1);
    expect(await library.isDownloaded('other')).toBe(true);
    expect((await library.verify().result).problems).toEqual([]);
  }, 120_000);

  it('what fails is told to everybody, and the others are ensured all the same', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const wrong = { path: 'a.safetensors', sizeBytes: null, sha256: 'a'.repeat(64) };
    await library.declare([
      { key: 'gone', source: 'hf:acme/gone' },
      { key: 'other', source: 'hf:acme/lora', files: [wrong] },
      { key: 'absent', source: 'hf:acme/lora', files: [{ ...wrong, path: 'b.safetensors' }] },
      flux,
    ]);
    await expect(library.ensure(['gone', 'flux']).result).rejects.toMatchObject({ code: 'hub.unauthorised' });
    await expect(library.ensure(['other']).result).rejects.toMatchObject({
      code: 'workflows.not-as-declared',
      facts: { key: 'other', found: { sizeBytes: lora.length } },
    });
    await expect(library.ensure(['absent']).result).rejects.toMatchObject({ facts: { found: null } });
    await expect(library.ensure(['unknown']).result).rejects.toMatchObject({ code: 'workflows.not-declared' });
    const statuses = await library.checkStatus();
    expect(statuses.map(({ key, state, progress }) => [key, state, progress?.status])).toEqual([
      ['absent', 'incomplete', 'error'],
      ['flux', 'ready', 'complete'],
      ['gone', 'missing', 'error'],
      ['other', 'incomplete', 'error'],
    ]);
    expect(statuses[2]?.progress?.error).toMatchObject({ code: 'hub.unauthorised' });
    await expect(library.declare([{ key: 'a', source: 'https://' }])).rejects.toMatchObject({ name: 'ModelkeepError' });
    expect(await library.undeclare(['gone', 'gone'])).toBe(1);
  });

  it('what was given up half-way is paused, and goes on', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [repo] });
    await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    await library.declare([flux]);
    const leaving = new AbortController();
    const operation = library.ensure(['flux'], { signal: leaving.signal });
    const reason = new Error('later');
    const stop = operation.progress.subscribe(({ phase }) => phase === 'downloading' && leaving.abort(reason));
    await expect(operation.result).rejects.toBe(reason);
    stop();
    expect((await library.checkStatus())[0]?.progress?.status).toBe('paused');
    await library.ensure(['flux']).result;
    expect(await library.isReady(['flux'])).toBe(true);
  });
});

it('a library that is open for reading shows what others have written, and writes nothing', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos: [repo] });
  const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
  {
    await using library = await openWorkspace(options);
    await library.declare([flux]);
    await library.ensure(['flux']).result;
  }
  await using reader = await openWorkspace({ ...options, mode: 'read' });
  expect(await reader.isReady(['flux'])).toBe(true);
  await expect(reader.declare([{ ...flux, source: 'hf:a/b' }])).rejects.toMatchObject({ code: 'io.read-only' });
});

async function startEnsuring(
  options: { readonly root: string; readonly hub: { readonly endpoint: string } },
  key: string,
) {
  const program = fileURLToPath(new URL('./ensure.test-child.ts', import.meta.url));
  const args = ['--conditions=modelkeep-source', program, options.root, options.hub.endpoint, key];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const moving = Promise.withResolvers<void>();
  const ended = once(reader, 'close');
  const open = once(reader, 'line');
  reader.on('line', (line) => {
    said.push(line);
    if (line === 'moving') moving.resolve();
  });
  await open;
  return {
    go: () => void child.stdin.write('go\n'),
    kill: () => void child.kill('SIGKILL'),
    moving: moving.promise,
    /** What it has said when it ended. */
    lines: async () => (await ended, said),
  };
}
