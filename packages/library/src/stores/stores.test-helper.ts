import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Hex of a SHA-256. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One commit of a repo in a cache of Hugging Face. */
export interface CachedCommit {
  readonly repo: string;
  readonly commit: string;
  /** Branches and tags that lead to it. */
  readonly refs?: readonly string[];
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /**
   * `links`: names are links to blobs. `plain`: where links cannot be made, the names are the files. `shared`: the blobs
   * of the repo are links into those of the whole cache. @default 'links'
   */
  readonly layout?: 'links' | 'plain' | 'shared';
}

/** Writes what `huggingface_hub` has on the disk after a download: large files under their SHA-256, small under git's hash. */
export async function writeCachedCommit(cache: string, commit: CachedCommit): Promise<string> {
  const folder = join(cache, `models--${commit.repo.replaceAll('/', '--')}`);
  for (const part of ['blobs', 'refs', 'snapshots']) await mkdir(join(folder, part), { recursive: true });
  await mkdir(join(cache, '.locks', `models--${commit.repo.replaceAll('/', '--')}`), { recursive: true });
  await writeFile(join(cache, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n');
  for (const ref of commit.refs ?? []) {
    await mkdir(dirname(join(folder, 'refs', ref)), { recursive: true });
    await writeFile(join(folder, 'refs', ref), commit.commit);
  }
  for (const [name, bytes] of Object.entries(commit.files)) {
    const path = join(folder, 'snapshots', commit.commit, name);
    await mkdir(dirname(path), { recursive: true });
    if (commit.layout === 'plain') {
      await writeFile(path, bytes);
      continue;
    }
    const isLarge = !/\.(?:json|md)$/.test(name);
    const gitSha1 = createHash('sha1')
      .update(`blob ${Buffer.byteLength(bytes)}\0`)
      .update(bytes)
      .digest('hex');
    const blob = join(folder, 'blobs', isLarge ? sha256Of(bytes) : gitSha1);
    if (commit.layout === 'shared' && isLarge) {
      const xet = sha256Of(`xet of ${sha256Of(bytes)}`);
      const shared = join(cache, 'blobs', xet.slice(0, 2), xet);
      await mkdir(dirname(shared), { recursive: true });
      await writeFile(shared, bytes);
      await symlink(relative(dirname(blob), shared), blob).catch(() => {});
    } else {
      await writeFile(blob, bytes);
    }
    await symlink(relative(dirname(path), blob), path);
  }
  return folder;
}

/** A layer of a manifest of Ollama. */
export interface OllamaLayer {
  readonly kind: string;
  readonly bytes: Uint8Array | string;
}

/** Writes what `ollama pull` has on the disk. @param name - `library/llama3:8b` */
export async function writeOllamaModel(models: string, name: string, layers: readonly OllamaLayer[]): Promise<void> {
  const [path = '', tag = 'latest'] = name.split(':');
  const blobs = join(models, 'blobs');
  await mkdir(blobs, { recursive: true });
  const layerOf = async ({ kind, bytes }: OllamaLayer): Promise<object> => {
    await writeFile(join(blobs, `sha256-${sha256Of(bytes)}`), bytes);
    const mediaType = `application/vnd.ollama.image.${kind}`;
    return { mediaType, digest: `sha256:${sha256Of(bytes)}`, size: Buffer.byteLength(bytes) };
  };
  const config = JSON.stringify({ model_format: 'gguf', model_family: 'llama', model_type: '8B', file_type: 'Q4_K_M' });
  await writeFile(join(blobs, `sha256-${sha256Of(config)}`), config);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${sha256Of(config)}`,
      size: Buffer.byteLength(config),
    },
    layers: await Promise.all(layers.map(layerOf)),
  };
  const file = join(models, 'manifests', 'registry.ollama.ai', path, tag);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(manifest));
}
