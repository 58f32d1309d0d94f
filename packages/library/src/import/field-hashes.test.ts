import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { buildFluxLora, buildPickleCheckpoint } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = Buffer.from(buildFluxLora());
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const tensors = lora.subarray(8 + Number(lora.readBigUInt64LE()));
const hashes = {
  autoV1: sha256(lora.subarray(0x10_0000, 0x11_0000)).slice(0, 8),
  autoV2: sha256(lora).slice(0, 10),
  autoV3: sha256(tensors).slice(0, 12),
  crc32: crc32(lora).toString(16).padStart(8, '0'),
  tensorHash: sha256(tensors),
};

it('are computed by an import that is asked for them, and kept', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  const path = join(folder.path, 'a.safetensors');
  await writeFile(path, lora);
  {
    await using store = await openTestStore({ root });
    const { models } = await store.import([path], { hashes: 'all' }).result;
    expect(models[0]?.files[0]).toMatchObject({ sha256: sha256(lora), hashes });
    expect((await store.resolve(models[0]?.slug ?? '')).files[0]?.hashes).toEqual(hashes);
    await store.rebuild();
    expect((await store.resolve(models[0]?.slug ?? '')).files[0]?.hashes).toEqual(hashes);
  }
  await using again = await openTestStore({ root });
  expect((await again.verify()).problems).toEqual([]);
});

it('are not computed unasked, and come with a second import that asks', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  const path = join(folder.path, 'a.safetensors');
  await writeFile(path, lora);
  const first = await store.import([path]).result;
  expect(first.models[0]?.files[0]).not.toHaveProperty('hashes');
  const second = await store.import([path], { hashes: 'all' }).result;
  expect(second.models[0]).toMatchObject({ id: first.models[0]?.id, revision: 2, files: [{ hashes }] });
  // Who does not ask takes none away.
  const third = await store.import([path]).result;
  expect(third.models[0]).toMatchObject({ revision: 2, files: [{ hashes }] });
});

it('are computed for what is here already, once for each content', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  const pickle = buildPickleCheckpoint();
  await writeFile(join(folder.path, 'a.safetensors'), lora);
  await writeFile(join(folder.path, 'b.ckpt'), pickle);
  const { models } = await store.import(['a.safetensors', 'b.ckpt'].map((name) => join(folder.path, name))).result;
  const [first, second] = models.map(({ id }) => id);
  const told: number[] = [];
  expect(await store.computeHashes({ models: [first ?? ''], onProgress: (bytes) => void told.push(bytes) })).toEqual({
    models: 1,
    bytesHashed: lora.byteLength,
    corrupt: [],
  });
  expect(told.at(-1)).toBe(lora.byteLength);
  expect(await store.computeHashes()).toEqual({ models: 1, bytesHashed: pickle.byteLength, corrupt: [] });
  expect(await store.computeHashes()).toEqual({ models: 0, bytesHashed: 0, corrupt: [] });
  expect((await store.resolve(first ?? '')).files[0]?.hashes).toEqual(hashes);
  expect((await store.resolve(second ?? '')).files[0]?.hashes).toMatchObject({ autoV3: null, tensorHash: null });
});

it('are not computed of a blob that is damaged, nor in a library that is only read', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await writeFile(join(folder.path, 'a.safetensors'), lora);
  {
    await using store = await openTestStore({ root });
    await store.import([join(folder.path, 'a.safetensors')]).result;
    const blob = join(root, 'blobs', 'sha256', sha256(lora));
    const bytes = await readFile(blob);
    bytes[bytes.byteLength - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(blob, bytes, { mode: 0o644 });
    expect(await store.computeHashes()).toMatchObject({ models: 0, corrupt: [sha256(lora)] });
  }
  await using reader = await openTestStore({ root, mode: 'read' });
  await expect(reader.computeHashes()).rejects.toMatchObject({ code: 'library.read-only' });
});

it('that are no hashes are left out of what is read, and the model stays', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await writeFile(join(folder.path, 'a.safetensors'), lora);
  const { models } = await store.import([join(folder.path, 'a.safetensors')], { hashes: 'all' }).result;
  const path = join(store.root, models[0]?.slug ?? '', 'metadata.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(`"autoV2": "${hashes.autoV2}"`, '"autoV2": "../../etc"'));
  await store.rebuild();
  const record = await store.resolve(models[0]?.slug ?? '');
  expect(record.files[0]?.hashes).toBeUndefined();
  expect(await store.computeHashes()).toMatchObject({ models: 1 });
  expect((await store.resolve(record.id)).files[0]?.hashes).toEqual(hashes);
});
