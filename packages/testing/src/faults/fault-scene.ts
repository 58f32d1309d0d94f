import { headerOf, probe } from '../hub/http/probe.ts';
import type { LocalHub } from '../hub/local-hub.ts';
import { startHub } from '../hub/start-hub.ts';

/** A hub with one file in git and one on the CDN. */
export interface FaultScene extends AsyncDisposable {
  readonly hub: LocalHub;
  readonly weights: Buffer;
  /** The signed URL of the file on the CDN. */
  readonly weightsUrl: string;
  /** The URL of the file in git, after its redirect. */
  readonly configUrl: string;
}

/** Starts the scene; the log is empty afterwards. */
export async function startFaultScene(): Promise<FaultScene> {
  const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
  const hub = await startHub({
    repos: [
      {
        id: 'acme/tiny',
        files: [
          { path: 'config.json', content: Buffer.from('hello\n') },
          { path: 'unet/model.safetensors', content: weights },
        ],
      },
    ],
  });
  const resolve = `${hub.hubUrl}/acme/tiny/resolve/main`;
  const weightsUrl = headerOf(await probe(`${resolve}/unet/model.safetensors`), 'location');
  const configUrl = `${hub.hubUrl}${headerOf(await probe(`${resolve}/config.json`), 'location')}`;
  hub.resetRequests();
  return { hub, weights, weightsUrl, configUrl, [Symbol.asyncDispose]: () => hub.close() };
}
