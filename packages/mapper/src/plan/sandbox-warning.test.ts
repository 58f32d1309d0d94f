import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../mapper.test-world.ts';
import { sandboxWarnings } from './sandbox-warning.ts';

const warn = (appRoot: string, root = '/data/models'): readonly string[] =>
  sandboxWarnings({ appRoot, appName: 'An app', libraryRoots: [root] }).map(({ message }) => message);

describe('an app in a sandbox', () => {
  it('of Flatpak needs a permission for the library, which is named', () => {
    const [message] = warn('/home/ann/.var/app/org.example.App/data/models', "/data/ann's models");
    expect(message).toContain(String.raw`flatpak override --user --filesystem='/data/ann'\''s models' org.example.App`);
    expect(warn('/home/ann/.var/app/org.example.App/data', '/home/ann/.var/app/org.example.App/library')).toEqual([]);
    expect(warn('/home/ann/.var/app/org.example.App', '/home/ann/.var/app/org.example.Apple')).toHaveLength(1);
  });

  it.each(['/home/ann/snap/tool/common/models', '/var/snap/tool/common', '/snap/tool/current', '/root/snap/tool/x'])(
    'of Snap is known by %s',
    (appRoot) => {
      expect(warn(appRoot)[0]).toContain('connect tool:home or tool:removable-media');
    },
  );

  it.each(['/home/ann/projects/snap/tool', '/home/ann/snap', '/home/ann/.var/app', '/apps/ComfyUI', '/snapper/tool'])(
    'is none at %s',
    (appRoot) => {
      expect(warn(appRoot)).toEqual([]);
    },
  );

  it.each([
    ['links', '.var/app/org.example.ComfyUI/data'],
    ['config', '.var/app/org.example.ComfyUI/data'],
  ] as const)('is told in the plan, by %s', async (way, folder) => {
    const world = await createWorld();
    try {
      const appRoot = join(world.root, folder);
      await mkdir(appRoot, { recursive: true });
      await world.addModel({});
      const mapper = world.open({ viewFolder: join(world.root, 'views') });
      const plan = await mapper.planLinks({ app: 'comfyui', appRoot, way, models: world.list() });
      const messages = plan.warnings.flatMap(({ code, message }) => (code === 'sandboxed' ? [message] : []));
      expect(messages).toEqual([expect.stringContaining('flatpak override --user --filesystem=')]);
      expect(messages[0]).toContain(world.libraryRoot);
    } finally {
      await world.close();
    }
  });
});
