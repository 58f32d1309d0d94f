import { mkdir, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { searchLibraries } from './search-libraries.ts';
import type { LibraryChanges } from './search-options.ts';

it('finds, counts, pages and follows what other processes do', async () => {
  await using folder = await tempFolder();
  for (const [number, name] of ['thick line', 'thin line', 'line art'].entries())
    await writeFile(folder.join(`${name}.safetensors`), buildFluxLora({ scale: 0.02, fillSeed: number + 1 }));
  await writeFile(folder.join('sdxl-vae.safetensors'), buildVae({ kind: 'sd' }));
  await using workspace = await openWorkspace({ root: folder.join('library') });
  await using other = await openWorkspace({ root: folder.join('library') });
  const heard: LibraryChanges[] = [];
  const stop = workspace.subscribe((changes) => {
    heard.push(changes);
    throw new Error('a listener that fails');
  });
  const iterated: LibraryChanges[] = [];
  const iterating = (async () => {
    for await (const changes of workspace.changes()) iterated.push(changes);
  })();
  await expect.poll(() => heard.length * iterated.length).toBe(1);
  await other.import(
    ['thick line', 'thin line', 'line art', 'sdxl-vae'].map((name) => folder.join(`${name}.safetensors`)),
  ).result;
  await expect.poll(() => heard.flatMap(({ changes }) => changes).length).toBeGreaterThanOrEqual(4);
  await expect.poll(() => iterated.flatMap(({ changes }) => changes).length).toBeGreaterThanOrEqual(4);
  stop();

  const found = await workspace.search('line', { type: 'lora', highlight: true, limit: 2 });
  expect(found).toMatchObject({ approximate: false, nearWords: [] });
  expect(found.hits.map(({ model }) => model.officialName)).toEqual(
    found.models.map(({ officialName }) => officialName),
  );
  expect(found.hits[0]).toMatchObject({
    score: 0.8,
    highlights: [{ field: 'officialName', ranges: [{ start: 0, end: 4 }] }, {}],
  });
  expect((await workspace.search('line', { type: 'lora', after: found.next ?? '' })).models).toHaveLength(1);
  const bySize = await workspace.list({ sort: 'size' });
  expect(bySize.map(({ sizeBytes }) => sizeBytes)).toEqual(
    bySize.map(({ sizeBytes }) => sizeBytes).toSorted((a, b) => b - a),
  );
  const page = await workspace.page({ limit: 3 });
  expect([...page.models, ...(await workspace.page({ after: page.next ?? '' })).models]).toEqual(
    await workspace.list(),
  );
  expect(await workspace.facets('line', { fields: ['type'] })).toEqual({
    fields: { type: [{ value: 'lora', models: 3 }] },
    models: 3,
    approximate: false,
  });

  await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
  expect(await workspace.list({ app: 'comfyui' })).toEqual([]);
  await (await workspace.planLinks('comfyui', { appRoot: folder.join('ComfyUI') })).apply();
  expect(await workspace.list({ app: 'comfyui', type: 'lora' })).toHaveLength(3);
  const [first] = found.models;
  const only = await workspace.search('line', { app: 'comfyui', ids: [first?.id ?? ''] });
  expect(only.models).toEqual([first]);

  await workspace.close();
  await iterating;
  expect(heard[0]).toMatchObject({ resync: true, changes: [] });
}, 60_000);

it('knows of the links of apps where it is open for reading, too', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await writeFile(folder.join('vae.safetensors'), buildVae({ kind: 'sd' }));
  const appRoot = folder.join('ComfyUI');
  await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
  await using writing = await openWorkspace({ root });
  await writing.import([folder.join('line.safetensors'), folder.join('vae.safetensors')]).result;
  await using reading = await openWorkspace({ root, mode: 'read' });
  const seen = async (): Promise<unknown> => [
    (await reading.list({ app: 'comfyui' })).map(({ slug }) => slug),
    (await reading.search('line', { app: 'comfyui' })).models.map(({ slug }) => slug),
    (await reading.facets('', { app: 'comfyui', fields: ['type'] })).models,
    (await reading.diagnose()).links.ok,
  ];
  expect(await seen()).toEqual([[], [], 0, 0]);
  await (await writing.planLinks('comfyui', { appRoot })).apply();
  expect(await seen()).toEqual([['lora/flux1/line', 'vae/other/vae'], ['lora/flux1/line'], 2, 2]);
  expect((await reading.checkLinks()).map(({ health }) => health)).toEqual(['ok', 'ok']);
  expect((await reading.delete('lora/flux1/line', { dryRun: true })).links).toHaveLength(1);
  for (const refused of [
    reading.planLinks('comfyui', { appRoot }),
    reading.repairLinks(),
    reading.delete('vae/other/vae'),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'library.read-only' });

  await reading.close();
  await writing.close();
  await writeFile(
    folder.join('library/.modelkeep/state.db'),
    'no database, but long enough to be looked at'.repeat(99),
  );
  await using damaged = await openWorkspace({ root, mode: 'read' });
  await expect(damaged.list({ app: 'comfyui' })).rejects.toMatchObject({ code: 'sqlite.corrupt' });
  expect((await damaged.diagnose()).findings).toContainEqual(expect.objectContaining({ check: 'links' }));
  await rm(folder.join('library/.modelkeep/state.db'));
  expect(await damaged.list({ app: 'comfyui' })).toEqual([]);
  expect(await damaged.list()).toHaveLength(2);
});

it('searches several libraries as one', async () => {
  await using folder = await tempFolder();
  const names = ['line 1', 'line 22', 'line 333', 'line 4444', 'fine line', 'outline'];
  for (const [number, name] of names.entries())
    await writeFile(folder.join(`${name}.safetensors`), buildFluxLora({ scale: 0.02, fillSeed: number + 1 }));
  await using one = await openWorkspace({ root: folder.join('one') });
  await using two = await openWorkspace({ root: folder.join('two') });
  await one.import(['line 1', 'line 333', 'fine line'].map((name) => folder.join(`${name}.safetensors`))).result;
  await two.import(['line 22', 'line 4444', 'outline'].map((name) => folder.join(`${name}.safetensors`))).result;
  const libraries = [one, two];
  const all = await searchLibraries(libraries, 'line');
  const expected = [
    ['line 1', 0],
    ['line 22', 1],
    ['line 333', 0],
    ['line 4444', 1],
    ['fine line', 0],
  ];
  expect(all.hits.map(({ model, library }) => [model.officialName, library])).toEqual(expected);
  expect(all.next).toBeNull();
  const paged: unknown[] = [];
  for (let after: string | undefined; ;) {
    const page = await searchLibraries(libraries, 'line', { limit: 2, after });
    paged.push(...page.hits.map(({ model, library }) => [model.officialName, library]));
    if (page.next === null) break;
    after = page.next;
  }
  expect(paged).toEqual(expected);
  const bySize = await searchLibraries(libraries, 'line', { sort: 'name', direction: 'descending', limit: 2 });
  expect(bySize.models.map(({ officialName }) => officialName)).toEqual(['line 4444', 'line 333']);
  const near = await searchLibraries(libraries, 'otline');
  expect(near.hits.map(({ model }) => model.officialName)).toEqual(['outline']);
  expect(near.nearWords).toEqual([{ word: 'otline', takenFor: ['outline'] }]);
  expect(near.hits.map((hit) => hit.near)).toEqual([true]);
  // The page of a library that is not in the first ones begins where it has to.
  const mistyped: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await searchLibraries(libraries, 'lime', { limit: 1, after });
    mistyped.push(...page.models.map(({ officialName }) => officialName));
    if (page.next === null) break;
    after = page.next;
  }
  expect(mistyped.toSorted()).toEqual(['fine line', 'line 1', 'line 22', 'line 333', 'line 4444']);
  expect(await searchLibraries([], 'line')).toMatchObject({ hits: [], next: null });
  for (const after of ['x', Buffer.from('[null]').toString('base64url'), Buffer.from('[5,5]').toString('base64url')])
    await expect(searchLibraries(libraries, 'line', { after })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
}, 60_000);
