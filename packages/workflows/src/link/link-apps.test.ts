import { lstat, mkdir, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { buildFluxLora, buildLlamaGguf } from '@modelkeep/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let library: Workspace;
beforeAll(async () => {
  folder = await tempFolder();
  library = await openWorkspace({ root: folder.join('library') });
  await writeFile(folder.join('tiny.Q8_0.gguf'), llm);
  await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await library.import([folder.join('tiny.Q8_0.gguf')]).result;
});
afterAll(async () => {
  await library.close();
  await folder[Symbol.asyncDispose]();
});

const dimensions = { width: 64, feedForward: 128, blocks: 1, heads: 2, keyValueHeads: 1, vocabulary: 64 };
const llm = buildLlamaGguf({ dimensions, mixture: 'Q8_0' });

describe('a library and its apps', () => {
  it('is read back by its own reader of the store of Ollama', async () => {
    const store = folder.join('ollama');
    await mkdir(store);
    const links = await library.planLinks('ollama', { appRoot: store });
    expect((await links.apply()).counts).toMatchObject({ created: 3, conflict: 0, failed: 0 });
    const sha256 = createHash('sha256').update(llm).digest('hex');
    expect((await stat(`${store}/blobs/sha256-${sha256}`)).size).toBe(llm.length);

    await using other = await openWorkspace({ root: folder.join('other') });
    const report = await other.import([store]).result;
    expect(report.models).toMatchObject([{ type: 'llm', format: 'gguf', quantisation: 'Q8_0' }]);
    expect(report.models[0]?.files[0]?.source).toMatchObject({
      provider: 'ollama',
      endpoint: 'https://registry.ollama.ai',
      repo: expect.stringMatching(/^modelkeep\//u) as string,
      revision: 'Q8_0',
    });
    expect(report.models[0]?.files.find(({ role }) => role === 'weights')?.sha256).toBe(sha256);
    await library.unlink('ollama', { appRoot: store });
    expect(await readdir(store)).toEqual([]);
  });

  it('follows what comes and goes, in this process and in another one', async () => {
    const app = folder.join('ComfyUI');
    await mkdir(`${app}/models`, { recursive: true });
    const keeper = library.keepLinked('comfyui', { appRoot: app, pollMs: 20 });
    const reports = keeper[Symbol.asyncIterator]();
    await reports.next();
    await using second = await openWorkspace({ root: folder.join('library') });
    await second.import([folder.join('line.safetensors')]).result;
    const link = `${app}/models/loras/line.safetensors`;
    while (!(await exists(link))) await reports.next();
    const model = await library.get('lora/flux1/line');
    expect(await readlink(link)).toBe(`${library.folderOf(model)}/line.safetensors`);

    expect((await library.checkLinks({ app: 'comfyui' })).map(({ health }) => health)).toEqual(['ok']);
    await rm(link);
    expect((await library.checkLinks({ app: 'comfyui', appRoot: app })).map(({ health }) => health)).toEqual([
      'missing',
    ]);
    expect((await library.repairLinks({ appRoot: app })).counts).toMatchObject({ created: 1 });
    expect(await exists(link)).toBe(true);

    await second.delete(model.id, { unlink: true });
    expect(await exists(link)).toBe(false);
    await reports.next();
    await keeper.close();
    await keeper.ended;
  });

  it.each(['hardlink', 'copy'] as const)('shows and removes each %s when a model is deleted', async (prefer) => {
    const app = folder.join(`app-${prefer}`);
    await mkdir(`${app}/models`, { recursive: true });
    const [model] = (await library.import([folder.join('line.safetensors')]).result).models;
    const linking = { prefer, allowCopy: prefer === 'copy', appIgnoresLinks: true };
    const links = await library.planLinks('comfyui', { appRoot: app, linking });
    if (prefer === 'copy') expect(links.plan.bytesToWrite).toBe(links.plan.entries.length === 0 ? 0 : model?.sizeBytes);
    await links.apply();
    const target = `${app}/models/loras/line.safetensors`;
    expect((await lstat(target)).isFile()).toBe(true);
    expect((await readFile(target)).equals(await readFile(folder.join('line.safetensors')))).toBe(true);
    const dry = await library.delete(model?.id ?? '', { dryRun: true });
    expect(dry.links.map((one) => one.target)).toContain(target);
    await library.delete(model?.id ?? '', { unlink: true });
    expect(await exists(target)).toBe(false);
  });
});

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
