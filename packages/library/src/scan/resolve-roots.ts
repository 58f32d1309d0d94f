import { resolve } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { isBelow } from '../external/external-place.ts';
import type { ScanState } from '../state/scan-state.ts';
import { appFolders } from '../stores/app-folders.ts';
import type { StoreContext } from '../store-context.ts';
import { refuseWide } from './refuse-wide.ts';

/** @internal The folders of a scan. */
export interface ResolvedRoots {
  /** Absolute, without links; none is below another one. Of an app's folder it is those with its models. */
  readonly online: readonly string[];
  /** Roots of earlier scans that are not there now. */
  readonly offline: readonly string[];
}

/**
 * @internal
 * @throws `io.not-found` for a folder that is not there and never was, `core.invalid-argument` for what is no folder, or
 * is the library itself, `library.too-wide`
 */
export async function resolveRoots(
  context: StoreContext,
  {
    state,
    given: roots,
    wide = false,
  }: { readonly state: ScanState; readonly given: readonly string[]; readonly wide?: boolean | undefined },
): Promise<ResolvedRoots> {
  if (roots.length === 0) throw badRoot('', 'there is no folder to scan');
  const online = new Set<string>();
  const offline = new Set<string>();
  const library = await context.fileSystem.realpath(context.layout.root);
  for (const given of roots) {
    if (given === '') throw badRoot(given, 'a folder to scan is an empty text');
    const path = resolve(given);
    try {
      const real = await context.fileSystem.realpath(path);
      const { kind } = await context.fileSystem.stat(real);
      if (kind !== 'folder') throw badRoot(given, `${path} is no folder`);
      if (isBelow(library, real)) throw badRoot(given, `${path} belongs to the library`);
      if (!wide) await refuseWide(context.fileSystem, real);
      for (const folder of (await appFolders(context.fileSystem, real)) ?? [real]) {
        online.add(await context.fileSystem.realpath(folder));
      }
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found') || !(await state.knowsRoot(path))) throw error;
      offline.add(path);
    }
  }
  const outermost = [...online].filter((root) => ![...online].some((other) => other !== root && isBelow(other, root)));
  return { online: outermost.toSorted(), offline: [...offline] };
}

function badRoot(found: string, message: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message,
    facts: { argument: 'roots', found },
    hint: 'name folders outside of the library',
  });
}
