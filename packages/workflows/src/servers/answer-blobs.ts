import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { serialiseError, type Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { readRange } from './byte-range.ts';
import { guardBlobs, type AnswerBlobsOptions, type BlobGuard, type BlobRefusal } from './guard-blobs.ts';

/** Answers requests of other servers for contents by their hash: `GET` and `HEAD` of `…/blobs/<sha256>`, ranges too. */
export type BlobHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** @internal */
export interface BlobContext {
  readonly store: LibraryStore;
  readonly io: Pick<Io, 'readPieces'>;
  readonly logger: Logger;
}

const PATH = /\/blobs\/([0-9a-f]{64})$/;

interface FoundBlob {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * @internal Nothing but what the index has by its hash can be asked for: no name or path of a request becomes one of the drive.
 *
 * @throws what {@link guardBlobs} throws
 */
export function answerBlobs({ store, io, logger }: BlobContext, options: AnswerBlobsOptions = {}): BlobHandler {
  const guard = guardBlobs(options);
  const told = new Set<BlobRefusal>();
  const noted: BlobGuard = async (request) => {
    const refused = await guard(request);
    // Once: whoever asks without end must not fill a log.
    if (refused !== null && !told.has(refused)) {
      told.add(refused);
      logger.warn('requests for blobs are refused', { reason: refused.error.message, hint: refused.error.hint });
    }
    return refused;
  };
  return (request, response) => {
    answer({ store, io }, noted, { request, response }).catch((error: unknown) => {
      logger.debug('a request for a blob ended early', { error: serialiseError(error).message });
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(
  { store, io }: Pick<BlobContext, 'store' | 'io'>,
  guard: BlobGuard,
  { request, response }: Exchange,
): Promise<void> {
  const { method, url = '', headers } = request;
  // Before anything is told, such as whether there is such a content.
  const refused = await guard(request);
  if (refused !== null) return refuse(response, refused);
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  const [, sha256] = PATH.exec(URL.parse(url, 'http://localhost')?.pathname ?? '') ?? [];
  const blob = sha256 === undefined ? null : await findBlob(store, sha256);
  if (sha256 === undefined || blob === null) return void response.writeHead(404).end();
  const etag = `"${sha256}"`;
  const told = {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(blob.name)}`,
    etag,
    'x-linked-etag': etag,
    'x-linked-size': String(blob.sizeBytes),
  };
  const isOther = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  const range = isOther ? null : readRange(headers.range, blob.sizeBytes);
  if (range === 'unsatisfiable') {
    return void response.writeHead(416, { 'content-range': `bytes */${blob.sizeBytes}` }).end();
  }
  const { start, end } = range ?? { start: 0, end: blob.sizeBytes };
  const part = range === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${blob.sizeBytes}` };
  response.writeHead(range === null ? 200 : 206, { ...told, ...part, 'content-length': end - start });
  if (method === 'HEAD' || end === start) return void response.end();
  await pipeline(io.readPieces(blob.path, { startBytes: start, endBytes: end }), response);
}

function refuse(response: ServerResponse, { status, error }: BlobRefusal): void {
  const asked = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  // A body that nobody reads keeps no connection.
  response.writeHead(status, { ...asked, 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ error: error.toJSON() }));
}

/** A content may be in several models, of which some were evicted or are on a drive that is away. */
async function findBlob(store: LibraryStore, sha256: string): Promise<FoundBlob | null> {
  for (const { modelId, file } of await store.index.findByFileHash({ sha256 })) {
    const model = await store.index.get(modelId);
    if (model === null || model.evictedAt !== undefined) continue;
    const [placed = model] = await store.withPlaces([model]);
    const { at } = placed.files.find(({ name }) => name === file.name) ?? file;
    const path = join(store.folderOf(model), at ?? file.name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() === true && found.size === file.sizeBytes) {
      return { path, name: basename(file.officialName), sizeBytes: file.sizeBytes };
    }
  }
  return null;
}
