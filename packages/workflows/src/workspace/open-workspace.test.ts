import { chmod, mkdir, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, demoRepos, startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from './open-workspace.ts';

describe('a workspace', () => {
  it('lists, searches and gets models, and links them into an app', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    for (const repo of ['acme/tiny-flux', 'acme/flux-thickline-lora']) {
      await workspace.download(await workspace.planDownload(`hf:${repo}`)).result;
    }
    expect(await workspace.list()).toHaveLength(5);
    expect((await workspace.list({ type: 'lora' })).map(({ family }) => family)).toEqual(['flux1']);
    const { models, approximate } = await workspace.search('flux lor', { limit: 5 });
    expect([models.map(({ type }) => type), approximate]).toEqual([['lora'], false]);
    expect((await workspace.get('lora/flux1/thickline')).id).toBe(models[0]?.id);

    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    const links = await workspace.planLinks('comfyui', { appRoot: folder.join('ComfyUI') });
    expect(links.plan.counts.create).toBe(5);
    expect(await links.undo()).toBeNull();
    expect((await links.apply()).counts.created).toBe(5);
    expect(await readlink(folder.join('ComfyUI/models/loras/thickline.safetensors'))).toBe(
      folder.join('library/lora/flux1/thickline/thickline.safetensors'),
    );
    expect((await workspace.diagnose()).links.ok).toBe(5);
    expect((await links.undo())?.counts.removed).toBe(5);
    expect(await readdir(folder.join('ComfyUI/models'))).toEqual([]);
    await (await workspace.planLinks('comfyui', { appRoot: folder.join('ComfyUI') })).apply();
    expect((await workspace.unlink('comfyui', { appRoot: folder.join('ComfyUI') })).counts.removed).toBe(5);
  });

  it('says what is not as it should be', async () => {
    await using folder = await tempFolder();
    await using workspace = await openWorkspace({ root: folder.join('library') });
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    const { models } = await workspace.import(folder.join('a.safetensors')).result;
    expect((await workspace.diagnose()).findings.filter(({ level }) => level === 'problem')).toEqual([]);
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    await (await workspace.planLinks('comfyui', { appRoot: folder.join('ComfyUI') })).apply();
    await rm(folder.join('library', models[0]?.slug ?? ''), { recursive: true });
    await mkdir(folder.join('library/lora/flux1/broken'), { recursive: true });
    await writeFile(folder.join('library/lora/flux1/broken/metadata.json'), '{}');
    const { findings, links } = await workspace.diagnose();
    expect(links).toMatchObject({ ok: 0, broken: 1, foreign: 0, missing: 0, moved: 0, stale: 0 });
    expect(findings.filter(({ level }) => level === 'problem').map(({ check }) => check)).toEqual([
      'index',
      'metadata',
      'links',
    ]);
    expect(await workspace.rebuildIndex()).toMatchObject({ models: 0, problems: [{ slug: 'lora/flux1/broken' }] });
  });

  it('for reading cannot manage links, and works where nothing can be written', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    {
      await using workspace = await openWorkspace({ root: folder.join('library') });
      await workspace.import([folder.join('a.safetensors')]).result;
    }
    await chmod(folder.join('library'), 0o555);
    await using reader = await openWorkspace({ root: folder.join('library'), mode: 'read' });
    expect(await reader.list()).toHaveLength(1);
    expect((await reader.verify({ depth: 'size' }).result).problems).toEqual([]);
    expect(await reader.diagnose()).toMatchObject({ mode: 'read', models: 1 });
    await expect(reader.planLinks('comfyui', { appRoot: folder.path })).rejects.toMatchObject({
      code: 'library.read-only',
    });
    await chmod(folder.join('library'), 0o755);
  });

  it('opens with a damaged record of links, and says so', async () => {
    await using folder = await tempFolder();
    await (await openWorkspace({ root: folder.join('library') })).close();
    await writeFile(folder.join('library/.modelkeep/state.db'), 'no database, and long enough for one'.repeat(40));
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
    await using workspace = await openWorkspace({ root: folder.join('library'), logger });
    expect(await workspace.list()).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('links')]);
  });

  it('closes once, after what runs has ended or was paused', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    const workspace = await openWorkspace({ root: folder.join('library') });
    const running = workspace.import(folder.join('a.safetensors'));
    await workspace.close({ drainMs: 60_000 });
    expect((await running.result).models).toHaveLength(1);
    await workspace.close();
    await expect(workspace.list()).rejects.toMatchObject({ code: 'core.closed' });

    const second = await openWorkspace({ root: folder.join('library') });
    const paused = second.import(folder.join('a.safetensors'));
    await second.close({ drainMs: 1 });
    const outcome = await paused.result.then(
      ({ models }) => models.length,
      (error: { name: string }) => error.name,
    );
    expect([1, 'AbortError']).toContain(outcome);
  });
});
