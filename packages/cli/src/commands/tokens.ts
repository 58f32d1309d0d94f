import { ModelkeepError, type TokenFacts } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { readStdin } from '../arguments/read-stdin.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext } from '../session.ts';

/** @internal Which tokens are kept; their values are not shown. */
export async function listTokens({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const tokens = await library.tokens.list({ signal });
  if (json) terminal.out(JSON.stringify({ tokens }, null, 2));
  else if (tokens.length === 0) terminal.err('no token is kept: modelkeep tokens set huggingface < token.txt');
  else terminal.out(alignColumns([['ORIGIN', 'NAME', 'SET', 'LAST USED', 'VALID'], ...tokens.map(rowOf)]));
  return 0;
}

function rowOf({ origin, name, setAt, lastUsedAt, valid }: TokenFacts): string[] {
  return [origin, name ?? '-', setAt, lastUsedAt ?? 'never', valid === null ? 'not checked' : valid ? 'yes' : 'no'];
}

/** @internal Keeps a token that is read from stdin: other users of the machine see arguments. */
export async function setToken(context: CommandContext, site: string | undefined): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const token = await library.tokens.set(siteOf(site), await readStdin(terminal), { signal });
  terminal.out(json ? JSON.stringify({ token }, null, 2) : `a token is kept for ${token.origin}`);
  return 0;
}

/** @internal Asks the site whether it takes the token. 1 where it does not. */
export async function checkToken(context: CommandContext, site: string | undefined): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const token = await library.tokens.check(siteOf(site), { signal });
  const isTaken = token.valid === true;
  if (json) terminal.out(JSON.stringify({ token }, null, 2));
  else terminal.out(`${token.origin} ${isTaken ? 'takes' : 'does not take'} the token`);
  return isTaken ? 0 : 1;
}

/** @internal 1 where there was none. */
export async function deleteToken(context: CommandContext, site: string | undefined): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const deleted = await library.tokens.delete(siteOf(site), { signal });
  terminal.out(json ? JSON.stringify({ deleted }, null, 2) : deleted ? 'the token is gone' : 'there was none');
  return deleted ? 0 : 1;
}

function siteOf(site: string | undefined): string {
  if (site !== undefined) return site;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'whose token?',
    facts: { argument: 'site' },
    hint: 'huggingface, civitai, or an origin such as https://hub.example',
  });
}
