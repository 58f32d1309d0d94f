import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const TOKEN = 'hf_canary0123456789abcdefghijkl';
const repo = { id: 'acme/x', gated: 'auto' as const, files: [{ path: 'x.safetensors', content: buildFluxLora() }] };

it('a token that was set is used by every process, checked, and kept where only its owner reads it', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos: [repo], tokens: [TOKEN] });
  const root = folder.join('library');
  const options = { root, hub: { endpoint: hub.hubUrl } };
  await using library = await openWorkspace(options);
  await using other = await openWorkspace(options);
  const facts = await library.tokens.set('huggingface', `${TOKEN}\n`);
  expect(facts).toMatchObject({ origin: new URL(hub.hubUrl).origin, name: 'huggingface', valid: null });
  expect(await other.tokens.check('huggingface')).toMatchObject({ valid: true });
  await library.tokens.set('https://elsewhere.example', 'hf_other');
  expect((await library.tokens.list()).map(({ name }) => name)).toEqual(['huggingface', null]);
  await library.tokens.set('huggingface', 'hf_wrong');
  expect(await library.tokens.check('huggingface')).toMatchObject({ valid: false });
  await library.tokens.set('huggingface', TOKEN);
  let kept = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const hasToken = (await readFile(path)).includes(TOKEN);
    expect([path, hasToken]).toEqual([path, entry.parentPath.endsWith('secrets') && hasToken]);
    kept += Number(hasToken);
    if (hasToken && process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  expect(kept).toBe(1);
  expect(await library.tokens.delete('huggingface')).toBe(true);
  await expect(library.tokens.check('civitai')).rejects.toMatchObject({ code: 'core.invalid-argument' });
});

it('a token that is kept is not judged by another one that is sent in its place', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos: [repo], tokens: [TOKEN] });
  const root = folder.join('library');
  const endpoint = hub.hubUrl;
  await using library = await openWorkspace({ root, hub: { endpoint } });
  await library.tokens.set('huggingface', TOKEN);
  for (const token of [null, 'hf_wrong', () => 'hf_wrong']) {
    await using other = await openWorkspace({ root, hub: { endpoint, token } });
    await expect(other.tokens.check('huggingface')).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
  expect(await library.tokens.list()).toMatchObject([{ valid: null }]);
  for (const token of ['', undefined, () => undefined]) {
    await using other = await openWorkspace({ root, hub: { endpoint, token } });
    expect(await other.tokens.check('huggingface')).toMatchObject({ valid: true });
  }
});
