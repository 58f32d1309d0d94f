import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { createWorld, treeOf } from '../mapper.test-world.ts';

/* What another process that unlinks the app does to the folder of links while it is still empty. */
it.each(['before', 'after'])(
  'a folder of links that is removed %s the plan is found to fit is made again',
  async (when) => {
    const world = await createWorld();
    try {
      await world.addModel({ type: 'lora', files: [{ name: 'style.safetensors' }] });
      const viewFolder = join(world.root, 'views');
      let view = '';
      const removed: string[] = [];
      let looks = 0;
      const remove = async (path: string, now: string): Promise<void> => {
        if (path !== view || now !== when || removed.length > 0) return;
        removed.push(path);
        await rmdir(path);
      };
      const mapper = world.open({
        viewFolder,
        fileSystem: {
          ...nodeFileSystem,
          async realpath(path) {
            await remove(path, 'before');
            return nodeFileSystem.realpath(path);
          },
          async stat(path) {
            const status = await nodeFileSystem.stat(path);
            /* The plan's own folder, and the one that was granted. */
            if (path === view && (looks += 1) === 2) await remove(path, 'after');
            return status;
          },
        },
      });
      const plan = await mapper.planLinks({
        app: 'comfyui',
        appRoot: world.appRoot,
        way: 'config',
        models: world.list(),
      });
      view = plan.appRoot;
      const applied = await mapper.apply(plan);
      expect(removed).toEqual([view]);
      expect(applied.counts).toMatchObject({ created: 1, failed: 0, conflict: 0 });
      expect(Object.keys(await treeOf(view))).toContain('models/loras/style.safetensors');
      await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
      expect(Object.keys(await treeOf(world.root))).not.toContain('views');
    } finally {
      await world.close();
    }
  },
);
