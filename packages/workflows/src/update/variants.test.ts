import { buildLlamaGguf, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const dimensions = { width: 256, feedForward: 256, blocks: 1, heads: 4, keyValueHeads: 1, vocabulary: 64 };

it('quantisations of one model are models of their own that know of each other, each in its newest version', async () => {
  await using folder = await tempFolder();
  const file = (name: string, mixture: 'Q8_0' | 'Q4_K_M' | 'F16', fillSeed = 1) => ({
    path: `${name}-${mixture}.gguf`,
    content: buildLlamaGguf({ dimensions, mixture, fillSeed }),
  });
  const files = [file('tiny', 'Q8_0'), file('tiny', 'Q4_K_M'), file('tiny', 'F16'), file('other', 'Q8_0', 2)];
  await using hub = await startHub({ repos: [{ id: 'acme/quants', files }] });
  await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  const { models } = await library.download(await library.planDownload('hf:acme/quants')).result;
  expect(models).toHaveLength(4);
  const variants = async (name: string): Promise<unknown> =>
    (await library.variants(name)).map(({ officialName }) => officialName);
  const tiny = ['tiny-Q4_K_M', 'tiny-Q8_0', 'tiny-F16'];
  for (const name of tiny) expect(await variants(name)).toEqual(tiny);
  expect(await variants('other-Q8_0')).toEqual(['other-Q8_0']);

  await hub.commit('acme/quants', { files: [file('tiny', 'Q8_0', 3)] });
  const { model } = await library.update('tiny-Q8_0').result;
  const now = await library.variants('tiny-F16');
  expect(now.map(({ officialName }) => officialName)).toEqual(tiny);
  expect(now[1]?.id).toBe(model.id);
});
