import { join, posix } from 'node:path';
import { isSha1, isSha256, type ModelFile } from '@modelkeep/core';
import { isSafeRelativePath } from '../app/safe-names.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { hubSource } from './store-names.ts';
import type { StoreFile, StoreLayout, StorePlace } from './store-layout.ts';
import { writtenSource } from './written-source.ts';

const REPO_FOLDER = /^models--[\w][\w.-]*(?:--[\w][\w.-]*)?$/u;
const MAX_REVISION = 200;

/**
 * @internal The cache of Hugging Face's libraries: `models--<org>--<name>/blobs/<etag>` are the bytes,
 * `snapshots/<commit>/<path>` are relative links to them, `refs/<revision>` names a commit. The etag is the SHA-256 of a
 * file in LFS and git's hash of any other (huggingface_hub, `file_download.py`).
 */
export const huggingFaceLayout: StoreLayout = {
  format: 'hugging-face',
  subfolder: 'hub',
  prefer: ['reflink', 'hardlink', 'symlink', 'copy'],
  symlinkWarning:
    "when Hugging Face's own tools delete from the cache they delete what its links lead to: the library's files",
  place,
  depthOf: (folder) => (isPart(folder, 'refs') ? 2 : isPart(folder, 'snapshots') ? 1 : 0),
  hasFolder: (folder) => {
    const [repo = '', part = '', commit = ''] = folder.split('/');
    if (!REPO_FOLDER.test(repo) || !isSafeRelativePath(folder)) return false;
    if (part === 'blobs') return folder === `${repo}/blobs`;
    return part === 'refs' || (part === 'snapshots' && isSha1(commit));
  },
  isNeededBy: (link, other) => {
    const [repo = ''] = parts(link.folder);
    const [otherRepo = '', part, commit] = parts(other.folder);
    if (repo !== otherRepo || part !== 'snapshots') return false;
    if (isPart(link.folder, 'blobs')) return posix.basename(other.source) === nameOf(link);
    return isPart(link.folder, 'refs') && link.content === commit;
  },
};

/** The store may be in a folder of the app's: the repo is what is named like one. */
function parts(folder: string): readonly string[] {
  const segments = folder.split('/');
  return segments.slice(segments.findIndex((segment) => REPO_FOLDER.test(segment)));
}

function isPart(folder: string, part: string): boolean {
  return parts(folder)[1] === part;
}

function nameOf({ target }: { readonly target: string }): string {
  return target.slice(Math.max(target.lastIndexOf('/'), target.lastIndexOf('\\')) + 1);
}

function place({ record, folder }: MappableModel): StorePlace {
  const hub = hubSource(record);
  if (hub === null || hub.commit === null || !isSha1(hub.commit)) {
    const message = 'the cache holds what is from the Hub, with its commit: this model is not';
    return { files: null, reason: { code: 'not-from-hub', message } };
  }
  const { repo, commit, revision } = hub;
  const inStore = `models--${repo.replace('/', '--')}`;
  const snapshot = `${inStore}/snapshots/${commit}`;
  if (!huggingFaceLayout.hasFolder(snapshot)) return unsafe(repo);
  const files: StoreFile[] = [];
  for (const file of record.files) {
    const { source } = file;
    if (source?.provider !== 'hf' || source.repo !== repo || source.commit !== commit || source.path === null) continue;
    if (!isSafeRelativePath(source.path)) return unsafe(source.path);
    const etag = etagOf(file);
    const bytes = { fileSha256: file.sha256, sizeBytes: file.sizeBytes };
    files.push({
      ...bytes,
      folder: `${inStore}/blobs`,
      name: etag,
      source: join(folder, file.at ?? file.name),
      origin: 'library',
      content: null,
    });
    const within = posix.dirname(source.path);
    const inSnapshot = within === '.' ? snapshot : `${snapshot}/${within}`;
    files.push({
      fileSha256: null,
      sizeBytes: 0,
      folder: inSnapshot,
      name: posix.basename(source.path),
      source: posix.join(posix.relative(`/${inSnapshot}`, `/${inStore}/blobs`), etag),
      origin: 'store',
      content: null,
    });
  }
  if (files.length === 0)
    return {
      files: null,
      reason: { code: 'not-from-hub', message: 'no file of the model is known by its path in the repo' },
    };
  if (revision !== null && isRevision(revision, commit)) files.push(reference(`${inStore}/refs/${revision}`, commit));
  return { files, reason: null };
}

function unsafe(name: string): StorePlace {
  return { files: null, reason: { code: 'unsafe-name', message: `${JSON.stringify(name)} is no safe name` } };
}

/** What is known by git's hash was no file of LFS. */
function etagOf({ gitSha1, sha256 }: ModelFile): string {
  return gitSha1 !== null && isSha1(gitSha1) ? gitSha1 : sha256;
}

function isRevision(revision: string, commit: string): boolean {
  return revision !== commit && !isSha256(revision) && revision.length <= MAX_REVISION && isSafeRelativePath(revision);
}

/** As huggingface_hub writes it: the commit alone, without the end of a line. */
function reference(path: string, commit: string): StoreFile {
  return {
    folder: posix.dirname(path),
    name: posix.basename(path),
    source: writtenSource(commit),
    origin: 'written',
    fileSha256: null,
    sizeBytes: Buffer.byteLength(commit),
    content: commit,
  };
}
