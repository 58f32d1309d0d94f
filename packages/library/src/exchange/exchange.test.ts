import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type ModelMetadata, type ModelOverrides } from '@modelkeep/core';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import type { ExportedLine, ExportedModel } from './export-metadata.ts';
import { textLines } from './text-lines.ts';

const lora = buildFluxLora({ scale: 0.02 });
const slug = 'lora/flux1/line';

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  await writeFile(join(root, '..', 'line.safetensors'), lora);
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

async function linesOf(store: LibraryStore): Promise<ExportedLine[]> {
  const lines: ExportedLine[] = [];
  for await (const line of store.exportMetadata()) lines.push(line);
  return lines;
}

/** A text in pieces of a size that cuts lines and characters. */
async function* piecesOf(text: string, bytes = 1_000): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}

const textOf = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('an export', () => {
  it('gives another library with the same content what is known, once', async () => {
    await using folder = await tempFolder();
    await using other = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    await writeFile(join(folder.path, 'vae.safetensors'), buildVae({ kind: 'sd', scale: 0.02 }));
    await store.import([join(folder.path, 'vae.safetensors')]).result;
    await store.edit(slug, { licence: 'mit', tags: ['größe 🎉'], description: 'long '.repeat(500) });
    const path = join(store.root, slug, 'metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as ModelMetadata;
    const forge = { facts: { triggerWords: ['thick line'] }, at: '2026-01-01T00:00:00.000Z' };
    const layers = { ...metadata.layers, forge, oracle: { says: 42 } };
    await writeFile(path, JSON.stringify({ ...metadata, layers, rating: 5 }));
    const lines = await linesOf(store);
    expect(lines[0]).toMatchObject({ modelkeep: 'metadata-export', schema: 1, libraryId: store.libraryId });
    expect(lines).toHaveLength(3);
    expect(textOf(lines)).not.toContain('undefined');

    await using target = await withLora(join(other.path, 'library'));
    const before = await target.resolve(slug);
    const report = await target.importMetadata(piecesOf(textOf(lines)));
    expect(report).toEqual({
      changed: 1,
      unchanged: 0,
      unmatched: 1,
      missing: [{ slug: 'vae/other/vae', officialName: 'vae' }],
      problems: [],
    });
    expect(await target.resolve(slug)).toMatchObject({
      id: before.id,
      licence: 'mit',
      tags: ['größe 🎉'],
      triggerWords: ['thick line'],
      origins: { licence: 'user', triggerWords: 'forge' },
      files: before.files,
    });
    const learnt = JSON.parse(await readFile(join(target.root, slug, 'metadata.json'), 'utf8')) as object;
    expect(learnt).toMatchObject({ rating: 5, layers: { oracle: { says: 42 } } });
    expect((await target.history(slug)).map(({ by, field }) => [by, field])).toEqual([
      ['edit', 'description'],
      ['edit', 'tags'],
      ['edit', 'licence'],
      ['import', 'description'],
      ['import', 'tags'],
      ['import', 'licence'],
      ['source', 'triggerWords'],
    ]);
    expect(await target.importMetadata(piecesOf(textOf(lines), 7))).toMatchObject({ changed: 0, unchanged: 1 });
    expect(await target.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    expect(await store.importMetadata(piecesOf(textOf(lines)))).toMatchObject({ changed: 0, unchanged: 2 });
  });

  it('does not replace what a person has stated here, unless asked', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    await store.edit(slug, { licence: 'mit', family: 'chroma' });
    const text = textOf(await linesOf(store));
    await store.edit(slug, { licence: 'gpl', family: null, tags: ['x'] });
    const path = join(store.root, slug, 'overrides.json');
    const overrides = JSON.parse(await readFile(path, 'utf8')) as ModelOverrides;
    await writeFile(path, JSON.stringify({ ...overrides, version_ranges: {} }));
    await store.importMetadata(piecesOf(text));
    expect(await store.resolve(slug)).toMatchObject({ licence: 'gpl', family: 'chroma', tags: ['x'] });
    await store.importMetadata(piecesOf(text), { replaceEdits: true });
    expect(await store.resolve(slug)).toMatchObject({ licence: 'mit', family: 'chroma', tags: ['x'] });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version_ranges: {} });
  });

  it('says nothing of where its models are, and whether their files are there: here they are elsewhere', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    const [header, model] = await linesOf(store);
    const { metadata } = model as ExportedModel;
    const other = {
      place: { kind: 'external', volumeId: null, path: '/elsewhere', missing: [] },
      evictedAt: metadata.importedAt,
      supersedes: newId(),
      replaced: [{ ...metadata.files[0], sha256: 'e'.repeat(64) }],
      formerIds: [newId()],
    };
    const line = { metadata: { ...metadata, ...other }, overrides: { fields: { licence: 'mit' } } };
    expect(await store.importMetadata(piecesOf(textOf([header, line])))).toMatchObject({ changed: 1 });
    const learnt = JSON.parse(await readFile(join(store.root, slug, 'metadata.json'), 'utf8')) as object;
    for (const field of Object.keys(other)) expect(learnt).not.toHaveProperty(field);
    expect(await store.resolve(slug)).toMatchObject({ licence: 'mit', place: { kind: 'library' }, complete: true });
    expect((await store.verify()).problems).toEqual([]);
  });

  it('says which models it had to leave out', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    await writeFile(join(store.root, slug, 'metadata.json'), '{');
    const lines = await linesOf(store);
    expect(lines[1]).toMatchObject({ problem: { slug, reason: expect.stringContaining('metadata.json') } });
    expect(await store.importMetadata(piecesOf(textOf(lines)))).toMatchObject({ unmatched: 0, problems: [] });
  });

  it('is not believed: lines that are no models are reported and the others are used', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    const [header, model] = await linesOf(store);
    const { metadata } = model as ExportedModel;
    const bad = [
      [],
      null,
      {},
      { metadata: {} },
      { metadata: { ...metadata, files: [{ ...metadata.files[0], name: '../../x' }] } },
      { metadata: { ...metadata, files: [{ ...metadata.files[0], sha256: '../x' }] } },
      { metadata: { ...metadata, layers: { user: { facts: {}, at: metadata.updatedAt } } } },
      { metadata: { ...metadata, schema: 9 } },
      { metadata, overrides: { fields: { type: 7 } } },
      { metadata, overrides: 'x' },
    ];
    const good = {
      metadata: { ...metadata, slug: '../../../etc', id: newId() },
      overrides: { fields: { licence: 'mit' } },
    };
    const text = `${textOf([header])}{"cut\n\n${textOf([...bad, good])}`;
    const report = await store.importMetadata(piecesOf(text));
    expect(report).toMatchObject({ changed: 1, unmatched: 0 });
    expect(report.problems.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(await store.resolve(slug)).toMatchObject({ licence: 'mit', id: metadata.id });
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
  });

  it.each([
    ['nothing', '', 'library.invalid-export'],
    ['something else', '{"modelkeep": 1}\n', 'library.invalid-export'],
    ['a picture', '\u0000PNG', 'library.invalid-export'],
    ['a later version’s', '{"modelkeep": "metadata-export", "schema": 2}\n', 'core.format-newer'],
  ])('that is %s is refused', async (_what, text, code) => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    await expect(store.importMetadata(piecesOf(text))).rejects.toMatchObject({ code });
  });

  it('can be given up on both ways, and is not read where one may only read', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const text = textOf(await linesOf(store));
    await expect(store.importMetadata(piecesOf(text), { signal })).rejects.toBe(reason);
    const exporting = async (): Promise<void> => {
      for await (const line of store.exportMetadata({ signal })) expect(line).toHaveProperty('modelkeep');
    };
    await expect(exporting()).rejects.toBe(reason);
    await using reader = await openTestStore({ root, mode: 'read' });
    await expect(reader.importMetadata(piecesOf(text))).rejects.toMatchObject({ code: 'library.read-only' });
    expect(await linesOf(reader)).toHaveLength(2);
  });
});

describe('lines', () => {
  const read = async (pieces: readonly (string | Uint8Array)[], most = 10): Promise<(number | string)[]> => {
    const found: (number | string)[] = [];
    const source = (async function* () {
      yield* pieces;
    })();
    for await (const { number, text } of textLines(source, most)) found.push(number, text);
    return found;
  };

  it('are whole wherever the pieces are cut', async () => {
    expect(await read(['a', 'b\n\nc', '\nd'])).toEqual([1, 'ab', 3, 'c', 4, 'd']);
    expect(await read([Buffer.from('ü').subarray(0, 1), Buffer.from('ü\n').subarray(1), ''])).toEqual([1, 'ü']);
    expect(await read([])).toEqual([]);
  });

  it('have an end, and are text', async () => {
    for (const pieces of [['x'.repeat(11)], ['x\n', `${'x'.repeat(11)}\n`], ['x'.repeat(6), 'x'.repeat(6)]]) {
      await expect(read(pieces)).rejects.toMatchObject({ code: 'library.invalid-export' });
    }
    for (const bytes of [[0xff], [0xc3]]) {
      await expect(read([Uint8Array.from(bytes)])).rejects.toMatchObject({ code: 'library.invalid-export' });
    }
  });
});
