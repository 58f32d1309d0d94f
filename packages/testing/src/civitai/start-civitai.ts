import { createHash, createHmac, randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '@modelkeep/core';
import { createFaultBox, type FaultBox } from '../faults/fault-box.ts';
import { jsonAnswer, type Answer } from '../hub/http/answer.ts';
import { fileAnswer } from '../hub/http/file-answer.ts';
import { startServer, type Exchange, type OriginServer } from '../hub/http/origin-server.ts';
import { readBody } from '../hub/http/read-body.ts';
import { createRequestLog, type RequestRecord } from '../hub/http/request-log.ts';
import { openContent } from '../hub/content/body-source.ts';
import { serveExchange } from '../hub/serve-exchange.ts';
import { answerCivitai } from './civitai-routes.ts';
import type { CivitaiModelDefinition } from './civitai-definition.ts';

/** How a local Civitai is started. */
export interface CivitaiOptions {
  readonly models?: readonly CivitaiModelDefinition[];
  /** API keys that exist; another one is refused. @default any */
  readonly keys?: readonly string[];
  /** API keys of accounts that have bought early access. */
  readonly supporters?: readonly string[];
  /** @default a free port */
  readonly port?: number;
  readonly clock?: Clock;
}

/** A running Civitai: the site, and the storage that its downloads redirect to. */
export interface LocalCivitai extends AsyncDisposable {
  /** The address to give to a client as its endpoint. */
  readonly siteUrl: string;
  readonly storageUrl: string;
  /** All requests, the site's with the origin `hub` and the storage's with `cdn`. */
  readonly requests: readonly RequestRecord[];
  resetRequests(): void;
  readonly faults: FaultBox;
  /** Puts other models in the place of those there are. */
  setModels(models: readonly CivitaiModelDefinition[]): void;
  close(): Promise<void>;
}

/**
 * Starts a site that speaks like Civitai, on two ports of the loopback address.
 *
 * @example
 * ```ts
 * import { buildFluxLora, startCivitai } from '@modelkeep/testing';
 *
 * const files = [{ id: 700, name: 'line.safetensors', content: buildFluxLora() }];
 * await using site = await startCivitai({ models: [{ id: 7, name: 'Line', versions: [{ id: 70, files }] }] });
 * const answer = await fetch(`${site.siteUrl}/api/v1/model-versions/70`);
 * ```
 */
export async function startCivitai(options: CivitaiOptions = {}): Promise<LocalCivitai> {
  const { clock = systemClock, keys, supporters = [] } = options;
  let models = options.models ?? [];
  const log = createRequestLog();
  const faults = createFaultBox();
  const secret = randomBytes(32);
  const signed = (path: string): string =>
    `${path}?X-Signature=${createHmac('sha256', secret).update(path).digest('hex')}`;
  const context = { log, faults, pace: () => ({}), now: () => clock.now() };
  const host = '127.0.0.1';

  const storageAnswer = async ({ url = '/', headers }: Exchange['request']): Promise<Answer> => {
    const [path = '/'] = url.split('?', 1);
    // Two ways of authorisation at once are refused by real storages, and here show that a key leaked.
    if (headers.authorization !== undefined) return jsonAnswer(400, { error: 'Only one auth mechanism allowed' });
    const image = /^\/images\/(\d+)\/(.+)$/u.exec(path);
    const file = /^\/files\/(\d+)\/(\d+)$/u.exec(path);
    if (file !== null && signed(path) !== url) return jsonAnswer(403, { error: 'SignatureDoesNotMatch' });
    const version = models.flatMap(({ versions }) => versions).find(({ id }) => id === Number(image?.[1] ?? file?.[1]));
    const found =
      image === null
        ? version?.files.find(({ id }) => id === Number(file?.[2]))
        : version?.images?.find(({ name }) => name === decodeURIComponent(image[2] ?? ''));
    if (found === undefined) return jsonAnswer(404, { error: 'NoSuchKey' });
    const type = 'contentType' in found ? found.contentType : undefined;
    const contentType = type ?? (image === null ? 'binary/octet-stream' : 'image/jpeg');
    const disposition = `attachment; filename="${found.name.replaceAll('"', '')}"`;
    return fileAnswer(
      {
        source: await openContent(found.content),
        etag: `"${createHash('md5').update(found.content).digest('hex')}"`,
        headers: { 'content-type': contentType, 'content-disposition': disposition },
      },
      headers,
    );
  };
  const storage = await startServer({
    host,
    port: 0,
    handle: (exchange) =>
      serveExchange(exchange, context, {
        origin: 'cdn',
        originUrl: storage.url,
        answer: () => storageAnswer(exchange.request),
      }),
  });
  const siteAnswer = async ({ request }: Exchange): Promise<Answer> => {
    const { url = '/', method = 'GET', headers } = request;
    const [path = '/'] = url.split('?', 1);
    const query = new URLSearchParams(url.slice(path.length));
    const key = /^bearer +(\S+)$/iu.exec(headers.authorization ?? '')?.[1] ?? query.get('token');
    if (key !== null && keys !== undefined && !keys.includes(key) && !supporters.includes(key)) {
      return jsonAnswer(401, { error: 'Unauthorized' });
    }
    const body = method === 'POST' ? await readBody(request) : '';
    const addresses = { siteUrl: site.url, storageUrl: storage.url };
    const sign = ({ versionId, fileId }: { versionId: number; fileId: number }): string =>
      `${storage.url}${signed(`/files/${versionId}/${fileId}`)}`;
    return answerCivitai({ method, path, query, body, key, addresses, models, supporters, now: clock.now(), sign });
  };
  const site: OriginServer = await startServer({
    host,
    port: options.port ?? 0,
    handle: (exchange) =>
      serveExchange(exchange, context, { origin: 'hub', originUrl: site.url, answer: () => siteAnswer(exchange) }),
  }).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= Promise.all([site.close(), storage.close()]).then(() => undefined));
  return {
    siteUrl: site.url,
    storageUrl: storage.url,
    requests: log.records,
    resetRequests: () => log.reset(),
    faults,
    setModels(next) {
      models = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
