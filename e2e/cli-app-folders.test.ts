import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildFluxLora, buildMmprojGguf, buildVae, demoRepos } from '@modelkeep/testing';
import type { DuplicatesReport, GcReport, ImportReport, ModelRecord, ScanReport, SharingReport } from 'modelkeep';
import { expect, it } from 'vitest';
import { writeCachedCommit, writeOllamaModel } from '../packages/library/src/stores/stores.test-helper.ts';
import { main } from '../packages/cli/src/main.ts';

const lora = buildFluxLora({ scale: 0.05 });
const style = buildFluxLora({ scale: 0.05, fillSeed: 7 });
const vae = buildVae({ kind: 'sd', scale: 0.05 });
const gguf = ((): Uint8Array => {
  const repo = demoRepos({ scale: 0.1 }).find(({ id }) => id === 'acme/tiny-llama-gguf');
  return repo?.files.find(({ path }) => path.includes('Q4_K_M'))?.content as Uint8Array;
})();
const projector = buildMmprojGguf({ projection: 128 });

async function writeTree(root: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** A folder as an app or a tool lays it out, with as many models, and as many files that are there a second time. */
interface AppFolder {
  readonly write: (root: string) => Promise<unknown>;
  readonly models: number;
  readonly doubled: number;
  /** What an import keeps of where a model is from. */
  readonly source: object;
}

const local = { provider: 'local' };
const folders: Readonly<Record<string, AppFolder>> = {
  ComfyUI: {
    models: 3,
    doubled: 1,
    source: local,
    write: (root) =>
      writeTree(root, {
        'main.py': '',
        'comfy/__init__.py': '',
        'custom_nodes/example_node.py.example': '',
        'extra_model_paths.yaml.example': '# comfyui:',
        'models/configs/v1-inference.yaml': 'model: {}',
        'models/checkpoints/put_checkpoints_here': '',
        'models/loras/put_loras_here': '',
        'models/loras/flux/line.safetensors': lora,
        'models/loras/style.safetensors': style,
        'models/vae/sd.safetensors': vae,
        'models/vae_approx/copy.safetensors': vae,
        'user/default/comfy.settings.json': '{}',
      }),
  },
  A1111: {
    models: 3,
    doubled: 1,
    source: local,
    write: (root) =>
      writeTree(root, {
        'webui.py': '',
        'launch.py': '',
        'modules/sd_models.py': '',
        'models/Stable-diffusion/Put Stable Diffusion checkpoints here.txt': '',
        'models/Lora/line.safetensors': lora,
        'models/Lora/line.json': '{"description": "lines", "activation text": "line art", "notes": ""}',
        'models/Lora/line.preview.png': 'a picture',
        'models/Lora/old/style (v2).safetensors': style,
        'models/VAE/sd.safetensors': vae,
        'models/VAE/sd copy.safetensors': vae,
        'embeddings/Place Textual Inversion embeddings here.txt': '',
        'config.json': '{}',
      }),
  },
  'a store of Ollama': {
    models: 1,
    doubled: 0,
    source: { provider: 'ollama' },
    write: async (root) => {
      const layers = [
        { kind: 'model', bytes: gguf },
        { kind: 'template', bytes: '{{ .Prompt }}' },
        { kind: 'license', bytes: 'MIT' },
      ];
      await writeOllamaModel(root, 'library/tiny:8b', layers);
      await writeOllamaModel(root, 'library/tiny:latest', layers);
    },
  },
  'LM Studio': {
    models: 3,
    doubled: 1,
    source: { provider: 'hf', repo: 'acme/tiny-llama-GGUF' },
    write: (root) =>
      writeTree(root, {
        'acme/tiny-llama-GGUF/tiny-llama-Q4_K_M.gguf': gguf,
        'acme/tiny-llava-GGUF/tiny-llava-Q8_0.gguf': Buffer.concat([gguf, Buffer.alloc(32)]),
        'acme/tiny-llava-GGUF/mmproj-tiny-llava-f16.gguf': projector,
        'other/tiny-llama-GGUF/tiny-llama-Q4_K_M.gguf': gguf,
      }),
  },
  'a cache of Hugging Face': {
    models: 2,
    doubled: 1,
    source: { provider: 'hf', repo: 'acme/lines', commit: '1'.repeat(40) },
    write: async (root) => {
      const lines = { 'line.safetensors': lora, 'README.md': '# lines' };
      await writeCachedCommit(root, { repo: 'acme/lines', commit: '1'.repeat(40), refs: ['main'], files: lines });
      const mirror = { 'line.safetensors': lora, 'vae.safetensors': vae };
      await writeCachedCommit(root, { repo: 'mirror/lines', commit: '2'.repeat(40), refs: ['main'], files: mirror });
    },
  },
};

/** Every file of a folder and what it holds, every link and where it leads. */
async function contentsOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const contents: [string, string][] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) contents.push([relative(root, path), `-> ${await readlink(path)}`]);
    else if (entry.isFile())
      contents.push([
        relative(root, path),
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ]);
  }
  return Object.fromEntries(contents);
}

it.each(Object.keys(folders))(
  'the commands of a library on the folder of %s: nothing in it changes but who shares its bytes',
  async (name) => {
    const { write, models, doubled, source } = folders[name] as AppFolder;
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-app-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    const app = join(folder, 'app');
    const library = join(folder, 'library');
    await write(app);
    const before = await contentsOf(app);
    const run = async (...args: readonly string[]): Promise<string> => {
      const shown = { out: '', err: '' };
      const exitCode = await main([...args, '--root', library], {
        out: (text) => (shown.out += `${text}\n`),
        err: (text) => (shown.err += `${text}\n`),
        progressStream: null,
      });
      expect([exitCode, args.join(' '), exitCode === 0 ? '' : shown.err + shown.out]).toEqual([0, args.join(' '), '']);
      return shown.out;
    };
    const asked = async <T>(...args: readonly string[]): Promise<T> => JSON.parse(await run(...args, '--json')) as T;
    const listed = async (): Promise<readonly ModelRecord[]> => (await asked<{ models: ModelRecord[] }>('list')).models;

    expect((await asked<ScanReport>('scan', app)).added).toHaveLength(models);
    expect(await asked<ScanReport>('scan', app)).toMatchObject({ added: [], updated: [], hashesComputed: 0 });
    const outside = await listed();
    expect(outside.map(({ place }) => place.kind)).toEqual(outside.map(() => 'external'));
    expect(await contentsOf(app)).toEqual(before);

    const imported = await asked<ImportReport>('import', '--mode', 'copy', app);
    expect(imported.skipped.filter(({ reason }) => /damaged|cannot/.test(reason))).toEqual([]);
    const inside = await listed();
    expect(inside.map(({ id }) => id).toSorted()).toEqual(outside.map(({ id }) => id).toSorted());
    expect(inside.map(({ place }) => place.kind)).toEqual(inside.map(() => 'library'));
    expect(inside.flatMap(({ sources }) => sources)).toContainEqual(expect.objectContaining(source));
    expect(await contentsOf(app)).toEqual(before);

    const dedupe = ['dedupe', app, '--min-bytes', '1000'];
    const told = await asked<{ found: DuplicatesReport }>(...dedupe);
    expect(told.found.groups.flatMap(({ duplicates }) => duplicates)).toHaveLength(doubled);
    const { done } = await asked<{ done: SharingReport }>(...dedupe, '--apply', '--allow-hardlinks');
    expect(done.shared).toHaveLength(doubled);
    expect(await contentsOf(app)).toEqual(before);

    const [model] = inside as [ModelRecord];
    const weights = model.files.find(({ role }) => role === 'weights');
    const blob = join(library, 'blobs', 'sha256', weights?.sha256 ?? '');
    await chmod(blob, 0o644);
    await writeFile(blob, (await readFile(blob)).fill(0, 100, 200));
    // Whatever a model's source is: the folder still has the bytes, and was scanned.
    await run('verify', '--deep', '--repair');
    await run('verify', '--deep');

    await run('edit', model.id, '--set', 'description=kept by hand', '--set', 'tags=a,b');
    expect(await asked<ModelRecord>('show', model.id)).toMatchObject({ description: 'kept by hand', tags: ['a', 'b'] });
    const exported = join(folder, 'models.jsonl');
    await run('export', exported);
    expect((await readFile(exported, 'utf8')).match(/kept by hand/g)?.length).toBeGreaterThanOrEqual(1);

    await run('delete', model.id, '--yes');
    expect(await listed()).toHaveLength(models - 1);
    const blobs = await readdir(join(library, 'blobs', 'sha256'));
    for (const args of [['gc', '--dry-run'], ['gc']]) {
      const { young, items } = await asked<GcReport>(...args);
      expect({ isYoung: young >= 1, items }).toEqual({ isYoung: true, items: [] });
      expect(await readdir(join(library, 'blobs', 'sha256'))).toEqual(blobs);
    }
    await run('verify', '--deep');
    expect(await contentsOf(app)).toEqual(before);
  },
  60_000,
);
