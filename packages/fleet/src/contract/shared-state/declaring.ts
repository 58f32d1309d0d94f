import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import type { ContractCase } from '@modelkeep/core';
import type { ModelDeclaration } from '../../ports/declared-models.ts';
import type { StateHarness } from './state-harness.ts';

const flux: ModelDeclaration = {
  key: 'flux',
  source: 'hf:acme/tiny-flux@main',
  description: 'draws',
  service: 'image-generation',
  selection: { include: ['*.safetensors'], companions: false },
  files: [{ path: 'flux.safetensors', sizeBytes: 10, sha256: 'a'.repeat(64) }],
};

const hostile = ['__proto__', "'; drop table x; --", 'é𝔉 漢', '%_\\', 'a/../b', 'x'.repeat(512)];

/** @internal What apps need. */
export const declaring: readonly ContractCase<StateHarness>[] = [
  {
    title: 'a declaration is kept whole, for every process; the same again changes nothing',
    async run({ open }) {
      const { state } = await open();
      const [declared] = await state.declared.declare([flux]);
      partialDeepStrictEqual(declared, flux);
      const { state: other } = await open();
      deepEqual(await other.declared.get('flux'), declared);
      deepEqual(await other.declared.declare([{ ...flux }]), [declared]);
      const [changed] = await other.declared.declare([{ key: 'flux', source: 'hf:acme/other' }]);
      partialDeepStrictEqual(changed, { description: null, service: null, selection: null, files: [] });
      ok((changed?.version ?? 0) > (declared?.version ?? 0));
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: 'keys of any kind are texts and nothing else; they come in order',
    async run({ open }) {
      const { state } = await open();
      await state.declared.declare(hostile.map((key) => ({ key, source: 'hf:a/b' })));
      const listed = (await state.declared.list()).map(({ key }) => key);
      deepEqual(
        listed,
        [...hostile].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      const some = await state.declared.list({ keys: ['%_\\', 'nothing', '__proto__'] });
      deepEqual(new Set(some.map(({ key }) => key)), new Set(['%_\\', '__proto__']));
      equal(await state.declared.delete([...hostile, 'nothing']), hostile.length);
      deepEqual(await state.declared.list(), []);
      equal(await state.declared.get('__proto__'), null);
      await state.close();
    },
  },
  {
    title: 'what breaks a rule is refused, with all that came with it',
    async run({ open }) {
      const { state } = await open();
      const broken: unknown[] = [
        { key: '', source: 'hf:a/b' },
        { key: 'a\nb', source: 'hf:a/b' },
        { key: 'x'.repeat(513), source: 'hf:a/b' },
        { key: '\ud800', source: 'hf:a/b' },
        { key: 'a', source: '' },
        { key: 'a', source: 'hf:a/b', selection: { include: '*.x' } },
        { key: 'a', source: 'hf:a/b', files: [{ path: 'a', sizeBytes: -1, sha256: null }] },
        { key: 'a', source: 'hf:a/b', files: [{ path: 'a', sizeBytes: 1, sha256: 'nothex' }] },
        { key: 'a', source: 'hf:a/b', unknown: 1 },
        null,
      ];
      for (const model of broken) {
        const declared = state.declared.declare([flux, model as ModelDeclaration]);
        await rejects(declared, { code: 'core.invalid-argument' });
      }
      await rejects(state.declared.declare([flux, flux]), { code: 'core.invalid-argument' });
      deepEqual(await state.declared.list(), []);
      await state.close();
    },
  },
  {
    title: 'a declaration that somebody else has changed is a conflict',
    async run({ open }) {
      const { state } = await open();
      const [first] = await state.declared.declare([flux], { ifVersion: 0 });
      await rejects(state.declared.declare([{ ...flux, source: 'hf:a/b' }], { ifVersion: 0 }), {
        code: 'fleet.conflict',
        facts: { topic: 'declared', key: 'flux', expectedVersion: 0, foundVersion: first?.version },
      });
      await state.declared.delete(['flux']);
      const [again] = await state.declared.declare([flux], { ifVersion: 0 });
      ok((again?.version ?? 0) > (first?.version ?? 0), 'no version comes twice');
      await state.close();
    },
  },
];
