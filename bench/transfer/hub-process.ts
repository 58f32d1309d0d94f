/** A hub with one large file, in a process of its own. */
import { lazySafetensors, startHub } from '@modelkeep/testing';

const bytes = Number(process.argv[2]) * 1024 * 1024;
const content = lazySafetensors({ tensors: { weight: { dtype: 'U8', shape: [bytes] } }, fillSeed: 1 });
const hub = await startHub({
  repos: [{ id: 'bench/big', files: [{ path: 'big.safetensors', content, storage: 'lfs' }] }],
  rateLimit: 'off',
});
process.send?.({ hubUrl: hub.hubUrl });
process.on('disconnect', () => void hub.close());
