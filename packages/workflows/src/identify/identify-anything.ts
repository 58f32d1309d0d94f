import { basename, dirname, join } from 'node:path';
import { detailsOfVersion, type CivitaiClient } from '@modelkeep/civitai-client';
import {
  isModelkeepError,
  matchCivitaiFile,
  ModelkeepError,
  redactUrl,
  startOperation,
  type ModelFacts,
  type Operation,
  type Progress,
} from '@modelkeep/core';
import { resolveSidecar, type Identifier } from '@modelkeep/formats';
import { parseReference, type FoundFile, type HubLookup } from '@modelkeep/hf-client';
import type { Io } from '@modelkeep/io';
import type { FindBySha256 } from './find-by-sha256.ts';
import { identifyLocalFolder } from './identify-local-folder.ts';
import { identifyRemote, type IdentifyRemoteContext } from './identify-remote.ts';
import type { FileIdentification, FoundSidecar, IdentifyFileOptions } from './file-identification.ts';
import { reportIdentification, type Origin } from './report-identification.ts';

/** @internal What {@link identifyAnything} works with. */
export interface IdentifyContext extends IdentifyRemoteContext {
  readonly identifier: Identifier;
  readonly civitai: CivitaiClient;
  readonly lookup: HubLookup;
  readonly findBySha256: FindBySha256;
  readonly io: Pick<Io, 'fileSystem' | 'hashFile'>;
}

type Tell = (change: Partial<Progress>) => void;

/**
 * Tells of a file that need not be in the library what it is, where it comes from and what is known about loading it.
 *
 * `result` rejects with `io.*`, `formats.*`, `hub.*`, `civitai.*`, `network.*` (`network.offline` for what is not on this
 * machine where `offline` is set) and the signal's reason. A site that cannot be asked where the file comes from is told in
 * the result.
 */
export function identifyAnything(
  context: IdentifyContext,
  pathOrReference: string,
  options: IdentifyFileOptions = {},
): Operation<FileIdentification> {
  return startOperation(async (tell) => {
    tell({ phase: 'identifying', file: pathOrReference });
    const kind = await kindOf(context, pathOrReference);
    const found = await {
      file: () => ofPath(context, pathOrReference, { ...options, tell }),
      folder: () => ofFolder(context, pathOrReference, { ...options, tell }),
      reference: () => ofReference(context, pathOrReference, options),
    }[kind]();
    tell({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return found;
  });
}

/** What looks like an address is one; `org/name` is a repo where no file or folder is called so; all else is a path. */
async function kindOf({ io }: IdentifyContext, text: string): Promise<'file' | 'folder' | 'reference'> {
  if (text.trim() === '') throw noName();
  if (/^(?:https?:\/\/|hf:|civitai:|urn:air:)/iu.test(text)) return 'reference';
  const mayBeRepo = /^[\w.-]+\/[\w.-]+(?:@[^\s]*)?$/u.test(text);
  try {
    const { kind } = await io.fileSystem.stat(text);
    if (kind === 'folder') return 'folder';
    return kind === 'file' || !mayBeRepo ? 'file' : 'reference';
  } catch (error) {
    if (mayBeRepo && isModelkeepError(error)) return 'reference';
    throw error;
  }
}

async function ofPath(
  context: IdentifyContext,
  path: string,
  options: IdentifyFileOptions & { readonly tell: Tell },
): Promise<FileIdentification> {
  const { signal, tell } = options;
  const identification = await context.identifier.identifyFiles([path], { signal });
  const { sizeBytes: bytesTotal } = await context.io.fileSystem.stat(path);
  tell({ phase: 'hashing', bytesTotal });
  const { sizeBytes, digests } = await context.io.hashFile(path, {
    algorithms: ['sha256'],
    priority: 'interactive',
    signal,
    onProgress: (bytesDone) => tell({ bytesDone, fraction: bytesTotal === 0 ? 1 : bytesDone / bytesTotal }),
  });
  tell({ phase: 'identifying' });
  const { sha256 } = digests;
  const sidecars = await sidecarsOf(context, path, { sha256, signal });
  const origin = await originOf(context, { sha256, sizeBytes, fileName: basename(path), options });
  return reportIdentification({ path, url: null, sizeBytes, sha256, identification, sidecars, origin });
}

/** Its files are not hashed: where they come from is asked for each by itself. */
async function ofFolder(
  { identifier }: IdentifyContext,
  path: string,
  { tell, signal }: IdentifyFileOptions & { readonly tell: Tell },
): Promise<FileIdentification> {
  const onFile = (file: string): void => tell({ file });
  const identification = await identifyLocalFolder(path, { identifier, onFile, signal });
  const { sizeBytes } = identification.details;
  return reportIdentification({
    path,
    url: null,
    sizeBytes,
    sha256: null,
    identification,
    sidecars: [],
    origin: nowhere,
  });
}

async function ofReference(
  context: IdentifyContext,
  reference: string,
  options: IdentifyFileOptions,
): Promise<FileIdentification> {
  // An address may carry a signature: it is not shown.
  const isAddress = /^https?:/iu.test(reference) && URL.canParse(reference);
  const url = isAddress ? redactUrl(reference).replace(/[?#].*$/su, '') : reference;
  if (options.offline === true) {
    parseReference(reference, { endpoint: context.hub.endpoint });
    throw notHere(url);
  }
  const {
    files,
    sets: _sets,
    bytesFetched: _bytes,
    commit: _commit,
    ...identification
  } = await identifyRemote(context, reference, { signal: options.signal });
  const { details } = identification;
  const isFolder = details?.format === 'folder';
  const sizeBytes = isFolder ? details.sizeBytes : files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const sha256 = files.length === 1 && !isFolder ? (files[0]?.sha256 ?? null) : null;
  const fileName = files[0]?.path ?? undefined;
  const origin = sha256 === null ? nowhere : await originOf(context, { sha256, sizeBytes, fileName, options });
  return reportIdentification({ path: null, url, sizeBytes, sha256, identification, sidecars: [], origin });
}

function noName(): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: 'there is no file without a name',
    facts: { argument: 'pathOrReference', found: '' },
    hint: 'name a file, a folder or a model elsewhere',
  });
}

function notHere(url: string): ModelkeepError<'network.offline'> {
  return new ModelkeepError('network.offline', {
    message: `${url} is not asked: it is not on this machine, and nobody may be asked`,
    facts: { url, systemCode: 'OFFLINE' },
    hint: 'name a file or a folder on this machine, or leave `offline` out (`--offline`, HF_HUB_OFFLINE)',
  });
}

interface SidecarSubject {
  readonly sha256: string;
  readonly signal: AbortSignal | undefined;
}

/** What stands beside a file under its name, and speaks of it. */
async function sidecarsOf(
  { identifier, io }: IdentifyContext,
  path: string,
  { sha256, signal }: SidecarSubject,
): Promise<(FoundSidecar & { readonly facts: ModelFacts; readonly layer: string })[]> {
  const name = basename(path);
  const stem = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
  const entries = await io.fileSystem.readdir(dirname(path));
  const beside = entries.filter(
    (entry) => entry.kind === 'file' && entry.name.startsWith(`${stem}.`) && /\.(?:json|info)$/iu.test(entry.name),
  );
  const paths = beside.slice(0, 32).map((entry) => join(dirname(path), entry.name));
  const read = paths.length === 0 ? [] : await identifier.readSidecars(paths, { signal });
  return read.flatMap((sidecar, position) => {
    if (sidecar === null) return [];
    const resolved = resolveSidecar(sidecar, { sha256 });
    const { kind, layer, facts } = resolved.sidecar;
    return [{ path: paths[position] ?? '', kind, verdict: resolved.verdict, layer, facts }];
  });
}

const nowhere: Origin = { models: [], civitai: null, hub: [], asked: false, failures: [] };

interface OriginSubject {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly fileName: string | undefined;
  readonly options: IdentifyFileOptions;
}

async function originOf(
  { findBySha256, civitai, lookup }: IdentifyContext,
  { sha256, sizeBytes, fileName, options }: OriginSubject,
): Promise<Origin> {
  const { offline = false, signal } = options;
  const models = await findBySha256(sha256, signal);
  const failures: { source: 'civitai' | 'hub'; code: string; message: string }[] = [];
  let details: FileIdentification['civitai'] = models.find((model) => model.civitai !== undefined)?.civitai ?? null;
  if (details === null && !offline) {
    try {
      const version = (await civitai.versionsBySha256([sha256], { signal })).get(sha256);
      if (version !== undefined) details = detailsOfVersion(version, matchCivitaiFile(version.files, { sha256 }).file);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isModelkeepError(error)) throw error;
      failures.push({ source: 'civitai', code: error.code, message: error.message });
    }
  }
  const found = await lookup.lookupByHash(sha256, { sizeBytes, fileName, offline, signal });
  failures.push(...found.failures.map(({ code, message }) => ({ source: 'hub' as const, code, message })));
  const hub: readonly FoundFile[] = found.matches;
  return { models, civitai: details, hub, asked: !offline, failures };
}
