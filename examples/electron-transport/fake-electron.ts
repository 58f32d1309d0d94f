import { request as startRequest, type IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { ElectronNet, ElectronRequestOptions, ElectronResponse } from './electron-net.ts';

/** Headers that Chromium does not let an app set. */
const RESTRICTED = ['content-length', 'host', 'trailer', 'te', 'upgrade', 'cookie2', 'keep-alive', 'transfer-encoding'];
const REDIRECTS = [301, 302, 303, 307, 308];
const NET_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ECONNRESET: 'CONNECTION_RESET',
  ENOTFOUND: 'NAME_NOT_RESOLVED',
  EAI_AGAIN: 'NAME_NOT_RESOLVED',
};

/**
 * Electron's `net` as its documentation and its sources describe it, over node:http: the order of its events, what it
 * does with a redirect that nobody follows, one chunk at a time from the network, errors that are only a text.
 */
export class FakeElectronNet implements ElectronNet {
  /** The options of each request, in order. */
  readonly requests: ElectronRequestOptions[] = [];

  request(options: ElectronRequestOptions): FakeClientRequest {
    this.requests.push(options);
    return new FakeClientRequest(options);
  }
}

class FakeClientRequest extends Writable {
  readonly #options: ElectronRequestOptions;
  readonly #chunks: Buffer[] = [];
  readonly #network = new AbortController();
  #response: FakeIncomingMessage | undefined;
  #isAborted = false;

  constructor(options: ElectronRequestOptions) {
    super({ autoDestroy: true });
    this.#options = options;
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#chunks.push(chunk);
    callback();
  }

  override _final(callback: () => void): void {
    const { method, url, headers } = this.#options;
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    callback();
    if (RESTRICTED.some((name) => names.includes(name))) {
      process.nextTick(() => this.#die(new Error('net::ERR_INVALID_ARGUMENT')));
      return;
    }
    const outgoing = startRequest(url, { method, headers, agent: false, signal: this.#network.signal });
    outgoing.on('response', (incoming) => this.#answer(incoming));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#isAborted && this.#response === undefined) this.#die(netError(error));
    });
    outgoing.end(Buffer.concat(this.#chunks));
  }

  #answer(incoming: IncomingMessage): void {
    const { statusCode = 0, headers } = incoming;
    if (REDIRECTS.includes(statusCode) && headers.location !== undefined) {
      const lists = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
      const target = new URL(headers.location, this.#options.url).href;
      this.emit('redirect', statusCode, this.#options.method, target, Object.fromEntries(lists));
      if (!this.#isAborted) this.#die(new Error('Redirect was cancelled'));
      return;
    }
    this.#response = new FakeIncomingMessage(incoming);
    incoming.on('error', (error) => {
      if (this.#isAborted) return;
      const failure = netError(error);
      this.#response?.destroy(failure);
      this.#die(failure);
    });
    this.emit('response', this.#response);
  }

  abort(): void {
    if (!this.#isAborted) process.nextTick(() => this.emit('abort'));
    this.#isAborted = true;
    this.#die();
  }

  #die(error?: Error): void {
    if (error !== undefined) this.emit('error', error);
    this.emit('close');
    this.#network.abort();
    this.#response?.destroy();
  }
}

class FakeIncomingMessage extends Readable implements ElectronResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[]>;
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage) {
    super();
    this.statusCode = incoming.statusCode ?? 0;
    this.headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value ?? '']));
    this.#incoming = incoming;
    incoming.pause();
    incoming.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) incoming.pause();
    });
    incoming.on('end', () => this.push(null));
  }

  override _read(): void {
    this.#incoming.resume();
  }
}

function netError(error: NodeJS.ErrnoException): Error {
  const name = error.message === 'aborted' ? 'CONTENT_LENGTH_MISMATCH' : NET_ERRORS[error.code ?? ''];
  return new Error(`net::ERR_${name ?? 'FAILED'}`);
}
