import { ModelkeepError } from '@modelkeep/core';
import type { ExitCode } from '../exit-code.ts';
import type { CommandContext } from '../session.ts';

/** @internal Copies what processes share, but for the secrets. */
export async function backUpState({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const backup = await sharedOf(library).backup({ signal });
  terminal.out(json ? JSON.stringify({ backup }, null, 2) : backup);
  return 0;
}

/** @internal Forgets what processes share, after a copy. */
export async function resetState({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const { backup } = await sharedOf(library).reset({ signal });
  terminal.out(json ? JSON.stringify({ backup }, null, 2) : backup);
  terminal.err(
    'what was declared, how far it was, and which repos there are is forgotten, after that copy; models, jobs and tokens stay',
  );
  return 0;
}

function sharedOf({ shared, root }: CommandContext['library']): NonNullable<CommandContext['library']['shared']> {
  if (shared !== null) return shared;
  throw new ModelkeepError('library.read-only', {
    message: `${root} is open for reading only: it shares nothing`,
    facts: { root },
  });
}
