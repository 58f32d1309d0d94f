import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { ContractCase } from '@modelkeep/core';
import type { ContentQuery } from '../../servers/content.ts';
import type { Servers } from '../../servers/servers-port.ts';
import { madeItem, madeSha256, syncAll } from './made-items.ts';
import type { ServersHarness } from './servers-harness.ts';

const COMMIT = 'c0ffee'.repeat(6) + 'beef';

/** What a query means, and who has it: `1@a,b 2@`. */
async function found(servers: Servers, query: ContentQuery): Promise<string> {
  const { servers: all, contents, meant } = await servers.availability([query]);
  const texts = (meant[0] ?? []).map((place) => {
    const content = contents[place];
    const number = Array.from({ length: 20 }, (_, one) => one).find((one) => madeSha256(one) === content?.sha256);
    return `${number}@${content?.holders
      .map((holder) => all[holder]?.id)
      .toSorted()
      .join(',')}`;
  });
  return texts.toSorted().join(' ');
}

/** @internal What is asked for, and where it is. */
export const finding: readonly ContractCase<ServersHarness>[] = [
  {
    title: 'a content is found by hash, version, repo file and path, with those who have it',
    async run({ open }) {
      const servers = await open();
      for (const id of ['a', 'b', 'c']) await servers.register({ id });
      const source = { repo: 'Acme/Tiny', path: 'unet/model.safetensors', revision: 'main', commit: COMMIT };
      await syncAll(servers, 'a', [
        madeItem(1, { civitaiVersionId: 77, sources: [source] }),
        madeItem(2, { path: 'D:\\SD\\Lora\\Two.safetensors' }),
      ]);
      await syncAll(servers, 'b', [
        madeItem(1),
        madeItem(3, { civitaiVersionId: 77, sources: [{ ...source, revision: 'v2', commit: null }] }),
        madeItem(4, { path: '/data/lora/two.safetensors', aliases: ['old/four.safetensors'] }),
      ]);
      await syncAll(servers, 'c', [madeItem(1, { corrupt: true })]);
      const hub = { by: 'hf', repo: 'acme/tiny', path: 'unet/model.safetensors' } as const;
      const asked: readonly (readonly [ContentQuery, string])[] = [
        [{ by: 'sha256', sha256: madeSha256(1) }, '1@a,b'],
        [{ by: 'sha256', sha256: madeSha256(9) }, ''],
        [{ by: 'civitai', versionId: 77 }, '1@a,b 3@b'],
        [{ by: 'civitai', versionId: 7 }, ''],
        [{ ...hub, revision: null }, '1@a,b 3@b'],
        [{ ...hub, revision: COMMIT }, '1@a,b'],
        [{ ...hub, revision: 'v2' }, '3@b'],
        [{ ...hub, revision: 'v3' }, ''],
        [{ ...hub, path: 'Unet/model.safetensors', revision: null }, ''],
        // Both ends are alike: which one is meant nobody can say.
        [{ by: 'alias', path: 'two.safetensors' }, ''],
        [{ by: 'alias', path: 'E:\\SD\\lora\\TWO.safetensors' }, '2@a'],
        [{ by: 'alias', path: '/data/lora/two.safetensors' }, '4@b'],
        [{ by: 'alias', path: '/mnt/old/four.safetensors' }, '4@b'],
        [{ by: 'alias', path: 'model-1.safetensors' }, '1@a,b'],
        [{ by: 'alias', path: '/' }, ''],
        [{ by: 'alias', path: 'unknown.safetensors' }, ''],
      ];
      for (const [query, expected] of asked) equal(await found(servers, query), expected, JSON.stringify(query));
      const all = await servers.availability(asked.map(([query]) => query));
      deepEqual(
        all.servers.map(({ id }) => id),
        ['a', 'b', 'c'],
      );
      deepEqual(
        all.meant.map((places) => places.length),
        asked.map(([, text]) => text.split(' ').filter(Boolean).length),
      );
    },
  },
  {
    title: 'a path that was taken over by another content means that one',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const path = 'lora/line.safetensors';
      await syncAll(servers, 'a', [madeItem(1, { path })]);
      await syncAll(servers, 'a', [madeItem(2, { path })]);
      equal(await found(servers, { by: 'alias', path }), '2@a');
      await syncAll(servers, 'a', []);
      equal(await found(servers, { by: 'alias', path }), '');
    },
  },
  {
    title: 'contents are listed by type and family, and what nobody has stays',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      await syncAll(servers, 'a', [madeItem(1), madeItem(2, { family: 'sdxl' }), madeItem(3, { type: 'vae' })]);
      await syncAll(servers, 'a', [madeItem(2, { family: 'sdxl' })]);
      const listed = async (options: object): Promise<unknown> =>
        (await servers.contents(options)).map(({ sha256, copies }) => [sha256, copies]);
      deepEqual(await listed({ type: 'lora', family: 'flux1' }), [[madeSha256(1), 0]]);
      deepEqual(await listed({ family: 'sdxl' }), [[madeSha256(2), 1]]);
      equal((await servers.contents()).length, 3);
      equal((await servers.contents({ limit: 1 })).length, 1);
      for (const bad of [{ limit: 0 }, { limit: 1_001 }, { after: 'x' }]) {
        await rejects(servers.contents(bad), { code: 'core.invalid-argument' });
      }
    },
  },
  {
    title: 'questions that are none are refused',
    async run({ open }) {
      const servers = await open();
      const bad: ContentQuery[] = [
        { by: 'sha256', sha256: 'x' },
        { by: 'civitai', versionId: 0 },
        { by: 'hf', repo: 'acme', path: 'x', revision: null },
        { by: 'alias', path: 'x'.repeat(5_000) },
      ];
      for (const query of bad) await rejects(servers.availability([query]), { code: 'core.invalid-argument' });
      const many = Array.from({ length: 1_001 }, (_, place) => madeSha256(place));
      await rejects(servers.whereIs(many), { code: 'core.invalid-argument' });
      const queries = many.map((sha256) => ({ by: 'sha256', sha256 }) as const);
      await rejects(servers.availability(queries), { code: 'core.invalid-argument' });
      deepEqual((await servers.availability([])).contents, []);
    },
  },
];
