import type { CivitaiFileClaims, ClaimedHashes } from '@modelkeep/core';
import {
  amountIn,
  field,
  listIn,
  numberIn,
  objectIn,
  objectOf,
  textIn,
  urlIn,
  type JsonObject,
} from './json-fields.ts';
import type { SidecarPreview } from './sidecar.ts';

const noHashes: ClaimedHashes = { sha256: null, autoV1: null, autoV2: null, autoV3: null, blake3: null, crc32: null };
const names: ReadonlyMap<string, keyof ClaimedHashes> = new Map([
  ['sha256', 'sha256'],
  ['autov1', 'autoV1'],
  ['autov2', 'autoV2'],
  ['autov3', 'autoV3'],
  ['blake3', 'blake3'],
  ['crc32', 'crc32'],
]);
const MAX_PREVIEWS = 50;

/** @internal Hashes as Civitai and the tools after it write them: in upper case, some with `0x`. */
export function hashesOf(object: JsonObject | null): ClaimedHashes {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(object ?? {}).slice(0, 50)) {
    const name = names.get(key.toLowerCase().replaceAll(/[^a-z0-9]/gu, ''));
    const hex = typeof value === 'string' ? value.toLowerCase().replace(/^0x/u, '') : '';
    if (name !== undefined && /^[0-9a-f]{8,64}$/u.test(hex)) found[name] = hex;
  }
  return { ...noHashes, ...found };
}

/** @internal The `files` of a version. */
export function filesOf(version: JsonObject | null): readonly CivitaiFileClaims[] {
  return listIn(version, 'files').flatMap((item) => {
    const file = objectOf(item);
    if (file === null) return [];
    return [
      {
        id: numberIn(file, 'id'),
        name: textIn(file, 'name'),
        type: textIn(file, 'type'),
        primary: field(file, 'primary') === true,
        sizeKb: amountIn(file, 'sizeKB'),
        downloadUrl: withoutToken(urlIn(file, 'downloadUrl')),
        hashes: hashesOf(objectIn(file, 'hashes')),
      },
    ];
  });
}

/** @internal The pictures of a version, not its videos. */
export function previewsOf(version: JsonObject | null): readonly SidecarPreview[] {
  return listIn(version, 'images')
    .flatMap((item) => {
      const image = objectOf(item);
      const url = urlIn(image, 'url');
      if (url === null || (textIn(image, 'type') ?? 'image') !== 'image') return [];
      return [{ url, nsfwLevel: numberIn(image, 'nsfwLevel') }];
    })
    .slice(0, MAX_PREVIEWS);
}

/** @internal Some tools note the address with the token that it was fetched with. */
export function withoutToken(address: string | null): string | null {
  if (address === null) return null;
  const url = new URL(address);
  url.searchParams.delete('token');
  return url.href;
}
