import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { inspect } from 'node:util';
import { type ContractCase, isModelkeepError } from '@modelkeep/core';
import type { StateHarness } from './state-harness.ts';

const CANARY = 'canary-b7f1c0ffee';
const origin = 'https://hub.example.test';

/** @internal Tokens, which are never read back. */
export const keepingTokens: readonly ContractCase<StateHarness>[] = [
  {
    title: 'a token is told of and used, and is in no answer',
    async run({ open }) {
      const { state, tokenValues } = await open();
      const facts = await state.tokens.set({ origin: `${origin}/`, value: CANARY, name: 'huggingface' });
      partialDeepStrictEqual(facts, { origin, name: 'huggingface', lastUsedAt: null, valid: null, checkedAt: null });
      deepEqual(await state.tokens.list(), [facts]);
      equal(tokenValues.valueFor('https://other.example.test'), undefined);
      equal(tokenValues.valueFor(origin), CANARY);
      await state.tokens.note(origin, { valid: false });
      equal((await state.tokens.list())[0]?.valid, false);
      await state.close();
      const again = await open();
      const [used] = await again.state.tokens.list();
      ok(used?.lastUsedAt !== null, 'the use was noted');
      equal(again.tokenValues.valueFor(origin), CANARY);
      for (const shown of [facts, used, again.state, again]) {
        ok(!JSON.stringify(shown).includes(CANARY));
        ok(!inspect(shown, { depth: 10, showHidden: true }).includes(CANARY));
      }
      equal(await again.state.tokens.delete(origin), true);
      equal(await again.state.tokens.delete(origin), false);
      equal(again.tokenValues.valueFor(origin), undefined);
      deepEqual(await again.state.tokens.list(), []);
      await again.state.close();
    },
  },
  {
    title: 'a token takes the place of the one before, whose validity says nothing of it',
    async run({ open }) {
      const { state, tokenValues } = await open();
      await state.tokens.set({ origin, value: 'first' });
      await state.tokens.note(origin, { valid: true });
      await state.tokens.set({ origin, value: CANARY });
      partialDeepStrictEqual(await state.tokens.list(), [{ valid: null, name: null }]);
      equal(tokenValues.valueFor(origin), CANARY);
      await state.close();
    },
  },
  {
    title: 'what is refused is not quoted',
    async run({ open }) {
      const { state } = await open();
      const broken = [
        { origin, value: `${CANARY} with spaces` },
        { origin, value: `${CANARY}\n${CANARY}` },
        { origin, value: '' },
        { origin: `https://${CANARY}@hub.example.test`, value: 'x' },
        { origin: `https://hub.example.test/${CANARY}`, value: 'x' },
        { origin: `ftp://hub.example.test`, value: CANARY },
        { origin: CANARY, value: 'x' },
      ];
      for (const token of broken) {
        await rejects(state.tokens.set(token), (error: Error) => {
          ok(isModelkeepError(error, 'core.invalid-argument'));
          return !JSON.stringify(error).includes(CANARY) && !inspect(error).includes(CANARY);
        });
      }
      deepEqual(await state.tokens.list(), []);
      await state.close();
    },
  },
];
