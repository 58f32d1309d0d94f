import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDrive } from '@modelkeep/testing';
import type { SecretStore } from '../ports/secret-store.ts';
import { expect, it } from 'vitest';
import { stateScene } from '../state.test-helper.ts';
import { createFileSecretStore } from './file-secret-store.ts';

const origin = 'https://hub.example.test';

it('a token is kept by the keychain that is given, and in no file', async () => {
  await using scene = await stateScene();
  const kept = new Map<string, string>();
  const keychain: SecretStore = {
    get: (name) => kept.get(name),
    set: (name, value) => void kept.set(name, value),
    delete: (name) => void kept.delete(name),
  };
  {
    const { state } = await scene.open({ secretStore: keychain });
    await state.tokens.set({ origin, value: 'canary-of-a-keychain' });
    await state.close();
  }
  expect([...kept.values()]).toEqual(['canary-of-a-keychain']);
  expect(await readdir(scene.folder)).not.toContain('secrets');
  const { state, tokenValues } = await scene.open({ secretStore: keychain });
  expect(tokenValues.valueFor(origin)).toBe('canary-of-a-keychain');
  expect(await state.tokens.delete(origin)).toBe(true);
  expect([kept.size, tokenValues.valueFor(origin)]).toEqual([0, undefined]);
  await state.close();
});

it('a keychain that is locked is no token, and keeps nothing else from working', async () => {
  await using scene = await stateScene();
  const locked = (): Promise<never> => Promise.reject(new Error('the keychain is locked'));
  {
    const { state } = await scene.open();
    await state.tokens.set({ origin, value: 'x' });
    await state.close();
  }
  const { state, tokenValues } = await scene.open({ secretStore: { get: locked, set: locked, delete: locked } });
  expect(tokenValues.valueFor(origin)).toBeUndefined();
  await expect(state.tokens.set({ origin: 'https://other.example.test', value: 'x' })).rejects.toThrow('locked');
  expect((await state.tokens.list()).map((one) => one.origin)).toEqual([origin]);
  expect(await state.progress.update('a', {})).toMatchObject({ key: 'a' });
  await state.close();
});

it('a drive on which everybody can read a file gets no token', async (context) => {
  const drive = await createTestDrive({ type: 'vfat', sizeBytes: 16 * 1024 * 1024 });
  await using scene = await stateScene();
  const folder = join(scene.folder, 'stick');
  if ('why' in drive) await context.annotate(`no vfat could be mounted: ${drive.why}`);
  else await drive.plugIn(folder);
  const { state } = await scene.open({ secretStore: createFileSecretStore(join(folder, 'secrets')) });
  try {
    const set = state.tokens.set({ origin, value: 'canary' });
    if ('why' in drive) {
      // Any other drive gets a file that its owner alone can read.
      await set;
      const [name = ''] = await readdir(join(folder, 'secrets'));
      if (process.platform !== 'win32') expect((await stat(join(folder, 'secrets', name))).mode & 0o777).toBe(0o600);
    } else {
      await expect(set).rejects.toMatchObject({ code: 'fleet.secrets-refused', facts: { reason: 'no-permissions' } });
      expect([await state.tokens.list(), await readdir(join(folder, 'secrets'))]).toEqual([[], []]);
    }
  } finally {
    await state.close();
    if (!('why' in drive)) await drive[Symbol.asyncDispose]();
  }
});
