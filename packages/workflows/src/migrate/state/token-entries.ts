import type { NewToken, SharedState } from '@modelkeep/fleet';
import type { EntryKind } from './entry-kind.ts';

/** @internal Where the tokens of an `.api_tokens.json` are sent to. */
export interface TokenOrigins {
  readonly hub: string;
  readonly civitai: string;
  /** Whether a token here is replaced. */
  readonly replace: boolean;
}

/** @internal The entries of `.api_tokens.json`: `{ hf_token, civitai_token }`. What is told of them never has their values. */
export function tokenEntries(
  { tokens }: Pick<SharedState, 'tokens'>,
  { hub, civitai, replace }: TokenOrigins,
): EntryKind<NewToken> {
  const known: Readonly<Record<string, Omit<NewToken, 'value'>>> = {
    hf_token: { origin: new URL(hub).origin, name: 'huggingface' },
    civitai_token: { origin: new URL(civitai).origin, name: 'civitai' },
  };
  return {
    read(key, value, note) {
      const refuse = (reason: string): null => {
        note({ key, field: null, reason });
        return null;
      };
      if (value === null || value === '') return null;
      const token = Object.hasOwn(known, key) ? known[key] : undefined;
      if (token === undefined) return refuse('nobody knows where it is to be sent');
      const text = typeof value === 'string' ? value.trim() : '';
      if (!/^[\u0021-\u007E]{1,16384}$/u.test(text)) return refuse('it is no token');
      return { key: token.origin, entry: { ...token, value: text } };
    },
    async judge(entries, call) {
      const present = new Set((await tokens.list(call)).map(({ origin }) => origin));
      return entries.map(({ key }) => (present.has(key) && !replace ? 'kept' : 'write'));
    },
    async write({ entry }, call) {
      await tokens.set(entry, call);
    },
  };
}
