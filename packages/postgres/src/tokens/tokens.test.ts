import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { errorFromJSON, type Logger } from '@modelkeep/core';
import { describe, expect, test } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const HUB = 'https://huggingface.co';
const CANARY = 'hf_canarycanarycanarycanary0123456789';

/** Everything that a dump of the database would show. */
async function dumpOf(address: string): Promise<string> {
  const tables = await postgres().run<{ name: string }>(
    "select schemaname || '.' || tablename as name from pg_tables where schemaname like 'modelkeep%'",
    address,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => postgres().run<{ row: string }>(`select row(t.*)::text as row from ${name} t`, address)),
  );
  const texts = rows.flat().map(({ row }) => row);
  // Bytes are shown as hex.
  return (
    texts.join('\n') +
    texts.map((text) => Buffer.from(text.replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1')).join('\n')
  );
}

describe('tokens in Postgres', () => {
  test('a token reaches the HTTP client, and nothing else: no table, backup, log, error or answer', async () => {
    const address = await postgres().createDatabase();
    const said: unknown[] = [];
    const say = (...what: unknown[]): void => void said.push(what);
    const logger: Logger = { debug: say, info: say, warn: say, error: say };
    const tokenKey = randomBytes(32);
    const { state, tokenValues } = await openState(address, { tokenKey, logger });
    said.push(await state.tokens.set({ origin: HUB, value: CANARY, name: 'hub' }));
    said.push(await state.tokens.set({ origin: 'https://civitai.com', value: `${CANARY}-2` }));
    await state.tokens.note(HUB, { valid: true });
    expect(tokenValues.valueFor(HUB)).toBe(CANARY);
    expect(tokenValues.valueFor('https://huggingface.co.evil.example')).toBeUndefined();
    said.push(await state.tokens.list(), await state.backup(), await state.reset(), state, tokenValues);
    expect(await state.tokens.list()).toMatchObject([{ valid: null }, { name: 'hub', valid: true }]);
    // A statement that fails with the token in its values.
    await postgres()
      .run('alter table modelkeep.tokens add check (name is null)', address)
      .catch(() => {});
    await postgres().run("alter table modelkeep.tokens add constraint none check (name <> 'x')", address);
    const error: unknown = await state.tokens
      .set({ origin: HUB, value: CANARY, name: 'x' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'postgres.failed', facts: { sqlState: '23514' } });
    said.push(error, JSON.stringify(error), errorFromJSON(JSON.parse(JSON.stringify(error))));
    await state.close();
    said.push(await dumpOf(address));
    const everything = said
      .map((one) => inspect(one, { depth: 20, showHidden: true, maxStringLength: null }))
      .join('\n');
    expect(everything).not.toContain('canarycanary');
    expect(everything).not.toContain(Buffer.from('canarycanary').toString('hex'));
    expect(everything).not.toContain(tokenKey.toString('hex'));
  });

  test('who shares the key finds what others have set; who has another key, or none, does not', async () => {
    const address = await postgres().createDatabase();
    const tokenKey = 'correct horse battery staple';
    const one = await openState(address, { tokenKey });
    await one.state.tokens.set({ origin: HUB, value: CANARY });
    const other = await openState(address, { tokenKey });
    expect(other.tokenValues.valueFor(HUB)).toBe(CANARY);
    await one.state.tokens.set({ origin: HUB, value: 'second' });
    await expect.poll(() => other.tokenValues.valueFor(HUB), { timeout: 20_000 }).toBe('second');
    const stranger = await openState(address, { tokenKey: 'another passphrase than that' });
    const nobody = await openState(address);
    for (const { state, tokenValues } of [stranger, nobody]) {
      expect(await state.tokens.list()).toMatchObject([{ origin: HUB }]);
      expect(tokenValues.valueFor(HUB)).toBeUndefined();
    }
    await expect(nobody.state.tokens.set({ origin: HUB, value: 'x' })).rejects.toMatchObject({
      code: 'fleet.secrets-refused',
      facts: { reason: 'no-key' },
    });
    expect(await one.state.tokens.delete(HUB)).toBe(true);
    expect(one.tokenValues.valueFor(HUB)).toBeUndefined();
  });

  test('what was damaged, or moved to another origin by hand, is not sent', async () => {
    const address = await postgres().createDatabase();
    const tokenKey = randomBytes(32);
    const { state } = await openState(address, { tokenKey });
    await state.tokens.set({ origin: HUB, value: CANARY });
    await state.tokens.set({ origin: 'https://evil.example', value: 'other' });
    await state.tokens.set({ origin: 'https://short.example', value: 'short' });
    await postgres().run(
      `update modelkeep.tokens set sealed = (select sealed from modelkeep.tokens where origin = '${HUB}')
         where origin = 'https://evil.example';
       update modelkeep.tokens set sealed = 'x' where origin = 'https://short.example';
       update modelkeep.tokens set sealed = set_byte(sealed, 30, 255 - get_byte(sealed, 30)) where origin = '${HUB}'`,
      address,
    );
    const { tokenValues } = await openState(address, { tokenKey });
    for (const origin of [HUB, 'https://evil.example', 'https://short.example']) {
      expect(tokenValues.valueFor(origin)).toBeUndefined();
    }
  });

  test('keys that are none are refused, and not quoted', async () => {
    const address = await postgres().createDatabase();
    for (const tokenKey of [randomBytes(16), new Uint8Array(32), 'short-secret']) {
      const error: unknown = await openState(address, { tokenKey }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'tokenKey' } });
      expect(JSON.stringify(error)).not.toContain('short-secret');
    }
  });
});
