import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError, type ModelSource } from '@modelkeep/core';
import { processIdentity } from '@modelkeep/io';
import { buildFluxLora, buildVae, createFaultyFileSystem, type FaultyFileSystem } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from './open-library-store.ts';
import { declareDead, laterBy, openTestStore, tempFolder } from './open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });

class Crash extends Error {}

/** Each change of an import is tried on drives in memory (`proofs/disk-errors.test.ts`), some of them on the real one as well. */
const STRIDE = 7;

/** Two models, the second one in two steps: so that new models and changes of models are both on the way. */
async function writeSources(folder: string): Promise<readonly string[]> {
  const sources = ['one', 'two'].map((name) => join(folder, name));
  for (const source of sources) await mkdir(source);
  await writeFile(join(sources[0] ?? '', 'line.safetensors'), lora);
  await writeFile(join(sources[0] ?? '', 'line.json'), '{"notes": "first"}');
  await writeFile(join(sources[1] ?? '', 'vae.safetensors'), vae);
  await writeFile(join(sources[1] ?? '', 'same.safetensors'), lora);
  return sources;
}

/** What must hold at any time, whatever happened. */
async function checkInvariants(root: string): Promise<void> {
  const blobs = await readdir(join(root, 'blobs/sha256')).catch(() => []);
  for (const name of blobs) {
    const bytes = await readFile(join(root, 'blobs/sha256', name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
  }
  for (const path of await readdir(root, { recursive: true }).catch(() => [])) {
    if (path.endsWith('metadata.json') && !path.startsWith('.modelkeep')) {
      JSON.parse(await readFile(join(root, path), 'utf8'));
    }
  }
}

async function expectWhole(store: LibraryStore, sources: readonly string[]): Promise<void> {
  await store.import(sources).result;
  expect((await store.verify()).problems).toEqual([]);
  const { records } = await store.index.list();
  expect(records.map(({ slug }) => slug).toSorted()).toEqual(['lora/flux1/line', 'vae/other/vae']);
  expect(await store.survey()).toEqual({ models: 2, stale: 0, problems: [] });
  expect(
    records
      .find(({ type }) => type === 'lora')
      ?.files.map(({ name }) => name)
      .toSorted(),
  ).toEqual(['line.json', 'line.safetensors']);
}

async function importWith(
  { fileSystem }: FaultyFileSystem,
  root: string,
  sources: readonly string[],
): Promise<unknown> {
  try {
    await using store = await openTestStore({ root, fileSystem });
    await store.import(sources).result;
    return null;
  } catch (error) {
    return error;
  }
}

describe('an import', () => {
  it('cut off before some of its changes to the disk leaves the old state or the new one, and goes on', async () => {
    let points = 0;
    for (let atMutation = 1; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      const sources = await writeSources(folder.path);
      const faulty = createFaultyFileSystem({
        atMutation,
        lasts: 'from-then-on',
        error: () => new Crash('the process is gone'),
      });
      await importWith(faulty, root, sources);
      if (faulty.struck === null) break;
      points += 1;
      await checkInvariants(root);
      await declareDead(root);
      await using store = await openTestStore({ root });
      await expectWhole(store, sources);
      await store.close();
      await using dayAfter = await openTestStore({ root, clock: laterBy(25) });
      const { transactions, temp, pins } = dayAfter.layout;
      for (const place of [transactions, temp, pins]) {
        expect(await readdir(place), `after a crash at change ${atMutation}`).toEqual([]);
      }
    }
    expect(points).toBeGreaterThan(80 / STRIDE);
  }, 240_000);

  it('whose drive fails at some of its changes fails with that, loses nothing and can be run again', async () => {
    const codes = ['io.disk-full', 'io.read-only', 'io.permission'] as const;
    let failures = 0;
    for (let atMutation = 1; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      const sources = await writeSources(folder.path);
      const code = codes[atMutation % codes.length] ?? 'io.disk-full';
      const error = (): Error => new ModelkeepError(code, { message: 'the drive says no', facts: { path: '/x' } });
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'once', error });
      const outcome = await importWith(faulty, root, sources);
      if (faulty.struck === null) break;
      if (outcome !== null) {
        failures += 1;
        // Whether the drive has links is asked on the first start: an answer that tells nothing is an error of its own.
        const expected = code === 'io.permission' ? [code, 'library.no-links'] : [code];
        const { code: found, message } = outcome as ModelkeepError;
        expect(expected, `at change ${atMutation}: ${message}`).toContain(found);
      }
      await checkInvariants(root);
      await declareDead(root);
      await using store = await openTestStore({ root });
      await expectWhole(store, sources);
    }
    expect(failures).toBeGreaterThan(60 / STRIDE);
  }, 240_000);
});

describe('a download', () => {
  const source: ModelSource = {
    provider: 'hf',
    endpoint: 'https://hub.example',
    repo: 'acme/x',
    revision: 'main',
    commit: 'a'.repeat(40),
    path: 'line.safetensors',
  };
  const sha256 = createHash('sha256').update(lora).digest('hex');
  const wanted = { name: 'line.safetensors', sizeBytes: lora.byteLength, sha256, gitSha1: null, source };

  it('that was let go gives its part to the next one that wants the same content', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    const first = await store.begin([wanted]);
    await writeFile(first.files[0]?.part ?? '', lora.subarray(0, 1_000));
    await writeFile(first.files[0]?.journal ?? '', 'a journal');
    const busy = await store.begin([wanted]);
    await expect(readFile(busy.files[0]?.part ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
    await busy.discard();
    await first.release();

    const second = await store.begin([{ ...wanted, name: 'renamed.safetensors' }]);
    expect(await readFile(second.files[0]?.part ?? '')).toEqual(Buffer.from(lora.subarray(0, 1_000)));
    expect(await readFile(second.files[0]?.journal ?? '', 'utf8')).toBe('a journal');
    expect(await readdir(store.layout.transactions)).toEqual([`${second.id}.json`]);
    await writeFile(second.files[0]?.part ?? '', lora);
    await second.publish('renamed.safetensors', { sizeBytes: lora.byteLength, sha256, blake3: null, gitSha1: null });
    const [model] = await second.commit({ sourceName: 'x', sourceGroup: 'hf:acme/x', layers: {} });
    expect(model).toMatchObject({
      type: 'lora',
      sourceGroup: 'hf:acme/x',
      files: [{ blake3: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    expect(await readdir(store.layout.temp)).toEqual([]);
  });

  it('of a dead process is kept for two weeks, without what cannot be resumed', async () => {
    await using folder = await tempFolder();
    {
      await using store = await openTestStore({ root: folder.path });
      const dead = await store.begin([wanted, { ...wanted, name: 'b.safetensors', sha256: 'b'.repeat(64) }]);
      await writeFile(dead.files[0]?.part ?? '', 'part');
      await writeFile(dead.files[0]?.journal ?? '', 'journal');
      await writeFile(dead.files[1]?.part ?? '', 'no journal');
    }
    await declareDead(folder.path);
    {
      await using store = await openTestStore({ root: folder.path });
      expect(store.recovery).toEqual({ finished: 0, resumable: 1, discarded: 0 });
      const [id] = await readdir(store.layout.temp);
      expect((await readdir(join(store.layout.temp, id ?? ''))).toSorted()).toEqual(['0.journal', '0.part']);
      const record = join(store.layout.transactions, `${id ?? ''}.json`);
      const old = { ...(JSON.parse(await readFile(record, 'utf8')) as object), startedAt: '2020-01-01T00:00:00.000Z' };
      await writeFile(record, JSON.stringify(old));
    }
    await using store = await openTestStore({ root: folder.path });
    expect(store.recovery).toEqual({ finished: 0, resumable: 0, discarded: 1 });
    expect(await readdir(store.layout.temp)).toEqual([]);
  });

  it('of a living process is left alone', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    await store.begin([wanted]);
    await using another = await openTestStore({ root: folder.path });
    expect(another.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
    expect(await readdir(store.layout.transactions)).toHaveLength(1);
  });

  it('of which nothing can be said is left alone for ten minutes, and taken over then', async () => {
    await using folder = await tempFolder();
    {
      await using store = await openTestStore({ root: folder.path });
      const away = await store.begin([wanted]);
      await writeFile(away.files[0]?.part ?? '', 'part');
      await writeFile(away.files[0]?.journal ?? '', 'journal');
    }
    const elsewhere = {
      ...processIdentity(),
      hostId: '0123456789ab',
      bootId: 'ba9876543210',
      instanceId: '00000000cafe',
    };
    await declareDead(folder.path, elsewhere);
    const soon = await openTestStore({ root: folder.path });
    await soon.close();
    expect(soon.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
    await using later = await openTestStore({ root: folder.path, clock: laterBy(0.2) });
    expect(later.recovery).toEqual({ finished: 0, resumable: 1, discarded: 0 });
    expect(await readFile((await later.begin([wanted])).files[0]?.part ?? '', 'utf8')).toBe('part');
  });

  it('whose record is garbage is left alone, and the library opens', async () => {
    await using folder = await tempFolder();
    await (await openTestStore({ root: folder.path })).close();
    const id = '01900000-0000-7000-8000-000000000000';
    await writeFile(join(folder.path, '.modelkeep/txn', `${id}.json`), '{"half": ');
    await writeFile(join(folder.path, '.modelkeep/txn', 'notes.json'), '{}');
    await using store = await openTestStore({ root: folder.path });
    expect(store.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
  });

  it('finds content by its hash, and by git as soon as a model has it', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    const gitSha1 = 'c'.repeat(40);
    const transaction = await store.begin([{ ...wanted, sha256: null, gitSha1 }]);
    await writeFile(transaction.files[0]?.part ?? '', lora);
    await transaction.publish('line.safetensors', {
      sizeBytes: lora.byteLength,
      sha256,
      blake3: 'd'.repeat(64),
      gitSha1,
    });
    await expect(transaction.publish('other', { sizeBytes: 1, sha256, blake3: null, gitSha1 })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
    expect(await store.findContents([{ sizeBytes: lora.byteLength, sha256: null, gitSha1 }])).toEqual([null]);
    await transaction.commit({ sourceName: 'x', sourceGroup: null, layers: {} });
    expect((await store.findContents([{ sizeBytes: lora.byteLength, sha256: null, gitSha1 }]))[0]).toMatchObject({
      sha256,
      blake3: 'd'.repeat(64),
    });
    expect(await store.findContents([{ sizeBytes: 1, sha256, gitSha1: null }])).toEqual([null]);
    expect(await store.findContents([{ sizeBytes: null, sha256: null, gitSha1: null }])).toEqual([null]);
    expect((await store.begin([{ ...wanted, sha256: null, gitSha1 }])).files[0]?.content).toMatchObject({ sha256 });
  });

  it('is refused where the drive has no room, with what is needed and what is free', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    const huge = { ...wanted, sha256: 'e'.repeat(64), sizeBytes: 2 ** 52 };
    await expect(store.begin([huge])).rejects.toMatchObject({
      code: 'io.disk-full',
      facts: { neededBytes: 2 ** 52, freeBytes: expect.any(Number) },
    });
  });

  it('of a newer commit replaces the small files of the same repo and nothing else', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: folder.path });
    const get = async (commit: string, readme: string, repo = 'acme/x'): Promise<readonly string[]> => {
      const from = { ...source, commit, repo };
      const text = Buffer.from(readme);
      const file = {
        name: 'README.md',
        sizeBytes: text.byteLength,
        sha256: null,
        gitSha1: createHash('sha1').update(`blob ${text.byteLength}\0`).update(text).digest('hex'),
        source: from,
      };
      const transaction = await store.begin([{ ...wanted, source: from }, file]);
      for (const [index, bytes] of [lora, text].entries()) {
        const { part = '', name = '', content = null } = transaction.files[index] ?? {};
        if (content !== null) continue;
        await writeFile(part, bytes);
        const hash = createHash('sha256').update(bytes).digest('hex');
        await transaction.publish(name, {
          sizeBytes: bytes.byteLength,
          sha256: hash,
          blake3: 'd'.repeat(64),
          gitSha1: index === 1 ? file.gitSha1 : null,
        });
      }
      const [model] = await transaction.commit({ sourceName: 'x', sourceGroup: 'hf:acme/x', layers: {} });
      return [
        model?.id ?? '',
        await readFile(join(store.root, model?.slug ?? '', 'README.md'), 'utf8'),
        String(model?.sources.length),
      ];
    };
    const [id, first] = await get('a'.repeat(40), 'one');
    expect(first).toBe('one');
    expect(await get('b'.repeat(40), 'two')).toEqual([id, 'two', '2']);
    expect(await get('b'.repeat(40), 'two')).toEqual([id, 'two', '2']);
    expect(await get('c'.repeat(40), 'a mirror', 'other/x')).toEqual([id, 'two', '3']);

    await writeFile(join(store.root, 'lora/flux1/line/notes.txt'), 'mine');
    const readme = join(store.root, 'lora/flux1/line/README.md');
    const { unlink } = await import('node:fs/promises');
    await unlink(readme);
    await writeFile(readme, 'my own words');
    expect((await get('d'.repeat(40), 'four'))[1]).toBe('my own words');
    expect((await store.verify()).problems).toMatchObject([{ problem: 'diverged', file: 'README.md' }]);
  });
});
