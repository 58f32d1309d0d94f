import { startHub, type RepoDefinition } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lfs = (path: string, bytes: number): RepoDefinition['files'][number] => ({
  path,
  content: Buffer.alloc(bytes, path.length),
  storage: 'lfs',
});
const repos: RepoDefinition[] = [
  {
    id: 'acme/tiny-gguf',
    files: [
      lfs('tiny-Q4_K_M.gguf', 4_000),
      lfs('Q8_0/tiny-Q8_0-00001-of-00002.gguf', 5_000),
      lfs('Q8_0/tiny-Q8_0-00002-of-00002.gguf', 3_000),
      lfs('mmproj-F16.gguf', 500),
      { path: 'config.json', content: Buffer.from('{}') },
    ],
  },
  { id: 'acme/pieces', files: [lfs('big-Q4_0.gguf.part1of2', 900), lfs('big-Q4_0.gguf.part2of2', 900)] },
];

it('a plan takes what the selection means, and says what else there is and what it costs', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos });
  await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  const plan = await workspace.planDownload('hf:acme/tiny-gguf', { quantisation: ['Q6_K', 'q8_0'] });
  expect(plan.files.map(({ path }) => path)).toEqual([
    'Q8_0/tiny-Q8_0-00001-of-00002.gguf',
    'Q8_0/tiny-Q8_0-00002-of-00002.gguf',
    'config.json',
    'mmproj-F16.gguf',
  ]);
  expect(plan).toMatchObject({
    bytesTotal: 8_502,
    left: [{ path: 'tiny-Q4_K_M.gguf', sizeBytes: 4_000, reason: 'other-quantisation' }],
    variants: [
      { label: 'Q4_K_M', sizeBytes: 4_000 },
      { label: 'Q8_0', sizeBytes: 8_000 },
    ],
  });
  expect(structuredClone(plan)).toEqual(plan);
  await expect(workspace.planDownload('hf:acme/tiny-gguf', { quantisation: 'Q2_K' })).rejects.toMatchObject({
    code: 'hub.nothing-selected',
    facts: { repo: 'acme/tiny-gguf', offered: ['Q4_K_M', 'Q8_0'] },
  });
});

it('pieces of a file are no weights of a model, and the way out is told', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos });
  await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  await expect(workspace.planDownload('hf:acme/pieces', { quantisation: 'Q4_0' })).rejects.toMatchObject({
    code: 'library.nothing-to-import',
    hint: expect.stringContaining('join them'),
  });
});
