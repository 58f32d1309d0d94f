import { ModelkeepError, newId } from '@modelkeep/core';
import type { DownloadPlan } from './download-plan.ts';

const MAX_PLANS = 1_000;

/** @internal Addresses as they are asked, with their queries. */
export interface FullAddresses {
  /** Null where the hub's client makes it. */
  readonly url: string | null;
  readonly mirrors: readonly string[];
}

/** @internal The queries of planned addresses. They may be signed, so they stay in memory. */
export interface AddressBook {
  /** @returns the id for the plan, null where no address has a query */
  keep(addresses: FullAddresses): string | null;
  /** @throws `core.invalid-argument` for a plan that needs bytes and whose queries nobody knows any more */
  find(plan: DownloadPlan): FullAddresses;
}

/** @internal */
export function createAddressBook(): AddressBook {
  const known = new Map<string, FullAddresses>();
  return {
    keep(addresses) {
      if ([addresses.url ?? '', ...addresses.mirrors].every((url) => !url.includes('?'))) return null;
      const id = newId();
      known.set(id, addresses);
      const [oldest] = known.keys();
      if (known.size > MAX_PLANS && oldest !== undefined) known.delete(oldest);
      return id;
    },
    find({ source, mirrors, queriesId, files }) {
      const url = source.provider === 'url' ? source.url : null;
      if (queriesId === null || files.every(({ present }) => present)) return { url, mirrors };
      const found = known.get(queriesId);
      if (found !== undefined) return found;
      throw new ModelkeepError('core.invalid-argument', {
        message: `the plan for ${url ?? 'a mirror'} was made by another open library, which alone knows the query of the address`,
        facts: { argument: 'plan.queriesId', found: queriesId },
        hint: 'plan the download again, with the whole address',
      });
    },
  };
}

/** @internal What may be kept of an address: origin and path. */
export function bareUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
