import { nodeFileSystem } from '@modelkeep/io';
import { createDiskCacheStore } from './disk-cache-store.ts';

/** One of several processes on one cache folder: every entry that it reads must be whole. */
const [folder = '', seed = '0'] = process.argv.slice(2);
const store = createDiskCacheStore({ fileSystem: nodeFileSystem, folder, maxBytes: 200_000 });
let hits = 0;
let bad = 0;
for (let round = 0; round < 60; round += 1) {
  const key = `k${(round * 7 + Number(seed)) % 10}`;
  const found = await store.get(key);
  if (found !== null) {
    hits += 1;
    const [first = 0] = found;
    if (found.byteLength !== 9_000 || found.some((byte) => byte !== first)) bad += 1;
  }
  await store.put({ key, value: Buffer.alloc(9_000, Number(seed) * 16 + (round % 16)) });
  if (round % 13 === 0) await store.delete(key);
}
process.stdout.write(JSON.stringify({ hits, bad }));
