import { ModelkeepError } from '@modelkeep/core';
import type { RepoDefinition, RepoType } from '../repo-definition.ts';
import { hostRepo, type HostedRepo } from './hosted-repo.ts';

/** What names a repo on the hub. */
export interface RepoAddress {
  readonly type: RepoType;
  readonly id: string;
}

/** All repos of a hub. */
export interface RepoRegistry {
  add(definition: RepoDefinition): HostedRepo;
  remove(address: RepoAddress): void;
  /** Gives a repo another id; requests for the old one are sent on. */
  rename(address: RepoAddress, id: string): void;
  find(address: RepoAddress): HostedRepo | undefined;
  /** The repo that had this id before. */
  findRenamed(address: RepoAddress): HostedRepo | undefined;
  findByObjectId(objectId: string): HostedRepo | undefined;
  list(type: RepoType): HostedRepo[];
  /** @throws `core.invalid-argument` when there is none */
  get(address: RepoAddress): HostedRepo;
}

/** Makes an empty registry. */
export function createRepoRegistry(): RepoRegistry {
  const repos = new Map<string, HostedRepo>();
  const keyOf = ({ type, id }: RepoAddress): string => `${type}:${id}`;
  const all = (): HostedRepo[] => [...repos.values()];
  return {
    add(definition) {
      const repo = hostRepo(definition);
      if (repos.has(keyOf(repo))) {
        throw new ModelkeepError('core.invalid-argument', {
          message: `The hub has a ${repo.type} ${repo.id} already`,
          facts: { argument: 'id', found: repo.id },
        });
      }
      repos.set(keyOf(repo), repo);
      return repo;
    },
    remove: (address) => void repos.delete(keyOf(address)),
    rename(address, id) {
      const repo = this.get(address);
      repo.change({ formerIds: [...(repo.settings().formerIds ?? []), repo.id] });
      repos.delete(keyOf(repo));
      repos.set(keyOf({ type: repo.type, id }), { ...repo, id });
    },
    find: (address) => repos.get(keyOf(address)),
    findRenamed: ({ type, id }) =>
      all().find((repo) => repo.type === type && (repo.settings().formerIds ?? []).includes(id)),
    findByObjectId: (objectId) => all().find((repo) => repo.objectId === objectId),
    list: (type) => all().filter((repo) => repo.type === type),
    get(address) {
      const repo = repos.get(keyOf(address));
      if (repo !== undefined) return repo;
      throw new ModelkeepError('core.invalid-argument', {
        message: `The hub has no ${address.type} ${address.id}`,
        facts: { argument: 'id', found: address.id },
      });
    },
  };
}
