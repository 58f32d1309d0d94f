import { describe, expect, it } from 'vitest';
import { resolutionBase } from '../resolution-base.ts';
import { loadBlake3 } from './blake3.ts';

/** Lengths and digests of the test vectors in BLAKE3's reference repository; byte i of the input is i % 251. */
const vectors: readonly (readonly [number, string])[] = [
  [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
  [1_023, '10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11'],
  [1_024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
  [1_025, 'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444'],
  [2_048, 'e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a'],
  [2_049, '5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030'],
  [3_072, 'b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2'],
  [3_073, '7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3'],
  [4_096, '015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969'],
  [4_097, '9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995'],
  [5_120, '9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833'],
  [5_121, '628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff'],
  [6_144, '3e2e5b74e048f3add6d21faab3f83aa44d3b2278afb83b80b3c35164ebeca205'],
  [6_145, 'f1323a8631446cc50536a9f705ee5cb619424d46887f3c376c695b70e0f0507f'],
  [7_168, '61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a'],
  [7_169, 'a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817'],
  [8_192, 'aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63'],
  [8_193, 'bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b'],
  [16_384, 'f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4'],
  [31_744, '62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47'],
  [102_400, 'bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085'],
];
const input = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251);
const native = loadBlake3(resolutionBase());
const wasm = loadBlake3(undefined);

it('is there in both kinds', () => {
  expect([native.kind, wasm.kind]).toEqual(['native', 'wasm']);
  expect(loadBlake3('no path from which anything could be loaded').kind).toBe('wasm');
});

describe.each([
  ['native', native],
  ['wasm', wasm],
])('%s', (_kind, blake3) => {
  it.each(vectors)('gives the official digest of %i bytes', (length, digest) => {
    const hasher = blake3.create();
    hasher.update(input.subarray(0, length));
    expect(hasher.digest()).toBe(digest);
  });

  it.each([1, 63, 64, 65, 1_023, 1_024, 1_025, 4_097, 100_003])(
    'gives the same digest in chunks of %i bytes',
    (chunkBytes) => {
      const hasher = blake3.create();
      for (let at = 0; at < 102_400; at += chunkBytes)
        hasher.update(input.subarray(at, Math.min(at + chunkBytes, 102_400)));
      expect(hasher.digest()).toBe(vectors.at(-1)?.[1]);
    },
  );

  it('reads memory that threads share', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(31_744));
    shared.set(input.subarray(0, shared.byteLength));
    const hasher = blake3.create();
    hasher.update(shared);
    expect(hasher.digest()).toBe(vectors.at(-2)?.[1]);
  });

  it('can be given up', () => {
    const hasher = blake3.create();
    hasher.update(input);
    expect(() => hasher.dispose()).not.toThrow();
  });
});

it('gives the same digest of a large input in both kinds', () => {
  const digests = [native, wasm].map((blake3) => {
    const hasher = blake3.create();
    for (let round = 0; round < 20; round += 1) hasher.update(input);
    return hasher.digest();
  });
  expect(digests[0]).toBe(digests[1]);
});
