/**
 * The main job, from a repo on a hub to a model in ComfyUI's folders, against a hub on this machine.
 * What it stores stays in .demo/ (or MODELKEEP_DEMO_DIR), so that a second run has nothing to download; with
 * MODELKEEP_DEMO_EXPECT=nothing it fails where it asks the hub for a file all the same.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demoRepos, startHub } from '@modelkeep/testing';
import { openLibrary, type DownloadPlan, type Library, type ModelRecord } from 'modelkeep';
import { megabytes, printTree, showProgress, title } from './show.ts';

const home = resolve(process.env['MODELKEEP_DEMO_DIR'] ?? join(import.meta.dirname, '../../.demo'));
const comfyui = join(home, 'ComfyUI');
const references = ['hf:acme/tiny-flux', 'hf:acme/flux-thickline-lora', 'hf:acme/tiny-sdxl', 'hf:acme/tiny-llama-gguf'];

async function get(library: Library, reference: string): Promise<readonly ModelRecord[]> {
  const plan: DownloadPlan = await library.planDownload(reference);
  const need = plan.bytesNeeded === 0 ? 'nothing to download' : `${megabytes(plan.bytesNeeded)} to download`;
  console.log(`${reference}: ${plan.files.length} files, ${need}, licence ${plan.licence ?? 'unknown'}`);
  const download = library.download(plan);
  await showProgress(download.progress);
  const { models, bytesFetched } = await download.result;
  const count = `${models.length} model${models.length === 1 ? '' : 's'}`;
  console.log(`  ${count}, ${megabytes(bytesFetched)} fetched and verified`);
  return models;
}

function printCard(model: ModelRecord): void {
  const { id, slug, type, family, baseModel, format, precision, licence, files } = model;
  console.log({ id, slug, type, family, baseModel, format, precision, licence });
  for (const { name, sizeBytes, sha256 } of files)
    console.log(`  ${name}  ${megabytes(sizeBytes)}  sha256:${sha256.slice(0, 16)}…`);
}

if (process.argv.includes('--reset')) await rm(home, { recursive: true, force: true });
await mkdir(join(comfyui, 'models', 'checkpoints'), { recursive: true });
await using hub = await startHub({ repos: demoRepos(), bytesPerSecond: 60_000_000 });
await using library = await openLibrary({
  root: join(home, 'library'),
  hub: { endpoint: hub.hubUrl },
  environment: {},
});

title('Download: planned, verified, stored once');
const models: ModelRecord[] = [];
for (const reference of references) models.push(...(await get(library, reference)));

title('What a model is: read from its tensors, not from its name');
const flux = models.find(({ type, family }) => type === 'diffusion-model' && family === 'flux1');
if (flux !== undefined) printCard(flux);

title("Search: 'flux lora'");
const found = await library.search('flux lora');
for (const { type, family, slug } of found.models) console.log(`  ${type}  ${family ?? '-'}  ${slug}`);

title('The library on disk');
await printTree(join(home, 'library'), { hide: ['.modelkeep', 'blobs'] });

title('ComfyUI sees them');
const links = await library.planLinks('comfyui', { appRoot: comfyui });
const { counts } = await links.apply();
console.log(`  ${counts.created} links made, ${counts.kept} were there, ${counts.skipped} models are not for ComfyUI`);
await printTree(comfyui, { hide: [] });

if (process.env['MODELKEEP_DEMO_EXPECT'] === 'nothing') {
  // What the hub was asked for, not what the library says of itself; below /api/ there are only listings.
  const files = hub.requests.filter(({ path }) => !path.startsWith('/api/'));
  if (files.length > 0) throw new Error(`downloaded again: ${files.map(({ path }) => path).join(', ')}`);
}

title('The same against the public hub');
console.log(`  npx pnpm@12 build && node packages/cli/bin/modelkeep.js get hf:org/name --include '*.safetensors' --root ~/models
  node packages/cli/bin/modelkeep.js link comfyui /path/to/ComfyUI --root ~/models`);
