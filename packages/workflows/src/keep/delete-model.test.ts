import type { ModelRecord } from '@modelkeep/core';
import type { LibraryStore } from '@modelkeep/library';
import type { AppliedLink, Mapper, RegisteredLink } from '@modelkeep/mapper';
import { expect, it } from 'vitest';
import { deleteModel } from './delete-model.ts';

it('a model whose links cannot all be removed stays, and says which are left', async () => {
  const links = ['a', 'b'].map((name) => ({ app: 'comfyui', appRoot: '/app', target: `/app/${name}` }));
  const model = { id: '01a214e9-1f75-76bd-901a-933deda79ee8', slug: 'lora/flux1/line' };
  let removed = false;
  const store: Pick<LibraryStore, 'resolve' | 'remove' | 'giveUpSpareRoom'> = {
    resolve: async () => model as ModelRecord,
    giveUpSpareRoom: async () => {},
    remove: async () => {
      removed = true;
      throw new Error('nothing is to be removed');
    },
  };
  const results = [
    { target: '/app/a', outcome: 'removed' },
    { target: '/app/b', outcome: 'failed' },
  ] as AppliedLink[];
  const mapper: Pick<Mapper, 'linksOf' | 'unlinkModel'> = {
    linksOf: async () => links as RegisteredLink[],
    unlinkModel: async (modelId) => ({ modelId, results, counts: {} as never }),
  };
  const context = { store: store as LibraryStore, mapper: mapper as Mapper, links: mapper };
  await expect(deleteModel(context, model.slug, { unlink: true })).rejects.toMatchObject({
    code: 'workflows.model-linked',
    facts: { modelId: model.id, links: [{ app: 'comfyui', target: '/app/b' }] },
  });
  expect(removed).toBe(false);
});
