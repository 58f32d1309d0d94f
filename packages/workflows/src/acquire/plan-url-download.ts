import { isModelkeepError } from '@modelkeep/core';
import { refuseUnsafeNames, type LibraryStore } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';
import { bareUrl, type AddressBook } from './address-book.ts';
import { askUrl } from './ask-url.ts';
import type { DownloadPlan } from './download-plan.ts';
import { withExpected, type ExpectedFileOptions } from './expected-file.ts';
import { plannedFiles, type FileToPlan } from './planned-files.ts';
import { refuseWithoutWeights } from './refuse-without-weights.ts';

/** @internal What {@link planUrlDownload} works with. */
export interface PlanUrlContext {
  readonly http: HttpClient;
  readonly store: LibraryStore;
  readonly addresses: AddressBook;
}

/** @internal Tells what the download of any file on the web would fetch. */
export async function planUrlDownload(
  { http, store, addresses }: PlanUrlContext,
  url: string,
  { signal, ...expected }: ExpectedFileOptions & { readonly signal?: AbortSignal | undefined },
): Promise<DownloadPlan> {
  const { mirrors } = expected;
  const found = await askInOrder(http, { url, signal, mirrors: expected.sha256 === null ? [] : mirrors });
  const file = withExpected(found, { url, ...expected });
  refuseUnsafeNames([file.path]);
  refuseWithoutWeights([file.path]);
  return {
    source: { provider: 'url', url: bareUrl(url) },
    mirrors: mirrors.map((mirror) => bareUrl(mirror)),
    queriesId: addresses.keep({ url, mirrors }),
    ...(await plannedFiles(store, [file], signal)),
    left: [],
    variants: [],
    licence: null,
    tags: [],
    description: null,
    gate: null,
  };
}

interface Asked {
  readonly url: string;
  readonly mirrors: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** With a hash that the caller knows it does not matter who tells the rest. */
async function askInOrder(http: HttpClient, { url, mirrors, signal }: Asked): Promise<FileToPlan> {
  let failure: unknown;
  for (const address of [url, ...mirrors]) {
    try {
      return await askUrl(http, address, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isModelkeepError(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}
