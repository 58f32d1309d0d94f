import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

const slug = 'lora/flux1/a';

type TestFolder = Awaited<ReturnType<typeof tempFolder>>;

async function withLinkedLora(folder: TestFolder): Promise<Workspace> {
  const workspace = await openWorkspace({ root: folder.join('library') });
  await writeFile(folder.join('a.safetensors'), buildFluxLora({ scale: 0.05 }));
  await workspace.import(folder.join('a.safetensors')).result;
  await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
  await (await workspace.planLinks('comfyui', { appRoot: folder.join('ComfyUI') })).apply();
  return workspace;
}

describe('deleting', () => {
  it('a model that an app links to is refused with who it is, and takes the links along when it may', async () => {
    await using folder = await tempFolder();
    await using workspace = await withLinkedLora(folder);
    const { id, sizeBytes } = await workspace.get(slug);
    const target = folder.join('ComfyUI/models/loras/a.safetensors');
    const plan = await workspace.delete(slug, { dryRun: true });
    expect(plan).toMatchObject({
      removed: false,
      bytesToCollect: sizeBytes,
      links: [{ app: 'comfyui', appRoot: folder.join('ComfyUI'), target }],
      unlinked: [],
    });
    await expect(workspace.delete(slug)).rejects.toMatchObject({
      code: 'workflows.model-linked',
      facts: { modelId: id, slug, links: [{ app: 'comfyui', target }] },
    });
    expect(await readdir(folder.join('ComfyUI/models/loras'))).toEqual(['a.safetensors']);
    const deleted = await workspace.delete(id, { unlink: true });
    expect(deleted).toMatchObject({ removed: true, links: [{ target }], unlinked: [{ outcome: 'removed', target }] });
    expect(await readdir(folder.join('ComfyUI/models'))).toEqual([]);
    expect(await workspace.list()).toEqual([]);
    expect((await workspace.diagnose()).findings.filter(({ level }) => level === 'problem')).toEqual([]);
    await expect(workspace.delete(id)).rejects.toMatchObject({ code: 'library.model-not-found' });
  });

  it('for reading only tells, and removes no link', async () => {
    await using folder = await tempFolder();
    await (await withLinkedLora(folder)).close();
    await using reader = await openWorkspace({ root: folder.join('library'), mode: 'read' });
    expect(await reader.delete(slug, { dryRun: true })).toMatchObject({ removed: false, links: [{ app: 'comfyui' }] });
    await expect(reader.delete(slug, { unlink: true })).rejects.toMatchObject({ code: 'library.read-only' });
    expect(await readdir(folder.join('ComfyUI/models/loras'))).toEqual(['a.safetensors']);
  });
});

describe('an export', () => {
  it('is a file that is there when it is whole, and is read back', async () => {
    await using folder = await tempFolder();
    await using workspace = await withLinkedLora(folder);
    await workspace.edit(slug, { licence: 'mit' });
    const path = folder.join('export.jsonl');
    expect(await workspace.exportMetadataTo(path)).toEqual({ path, models: 1, problems: [] });
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(2);
    await expect(workspace.exportMetadataTo(path)).rejects.toMatchObject({ code: 'io.exists', facts: { path } });
    await workspace.edit(slug, { licence: null });
    expect(await workspace.importMetadata(path)).toMatchObject({ changed: 1, problems: [] });
    expect(await workspace.importMetadata(path)).toMatchObject({ changed: 0, unchanged: 1 });
    expect((await workspace.history(slug)).map(({ by, to }) => [by, to])).toEqual([
      ['edit', 'mit'],
      ['edit', null],
      ['import', 'mit'],
    ]);
    expect((await readdir(folder.path)).toSorted()).toEqual(['ComfyUI', 'a.safetensors', 'export.jsonl', 'library']);
  });

  it('that fails leaves nothing, and says what failed', async () => {
    await using folder = await tempFolder();
    await using workspace = await withLinkedLora(folder);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(workspace.exportMetadataTo(folder.join('x.jsonl'), { signal })).rejects.toBe(reason);
    await expect(workspace.exportMetadataTo(folder.join('no/x.jsonl'))).rejects.toMatchObject({ code: 'io.not-found' });
    await expect(workspace.importMetadata(folder.join('none'))).rejects.toMatchObject({ code: 'io.not-found' });
    await expect(workspace.importMetadata(folder.path)).rejects.toMatchObject({ code: 'io.failed' });
    await expect(workspace.importMetadata(folder.join('none'), { signal })).rejects.toBe(reason);
    await expect(workspace.importMetadata(folder.join('a.safetensors'))).rejects.toMatchObject({
      code: 'library.invalid-export',
    });
    await writeFile(folder.join('library', slug, 'metadata.json'), '{');
    expect(await workspace.exportMetadataTo(folder.join('x.jsonl'))).toMatchObject({ models: 0, problems: [{ slug }] });
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
