import { createHash } from 'node:crypto';
import { ModelkeepError } from '@modelkeep/core';
import { storeFile, type StoredFile } from '../content/stored-file.ts';
import type { RepoDefinition, RepoFile, RepoType } from '../repo-definition.ts';
import { initialReferences } from './references.ts';
import { rememberSnapshot, type RepoHistory } from './repo-history.ts';
import { makeSnapshot } from './snapshot.ts';

/** A commit to make on a repo. */
export interface RepoCommit {
  /** New and changed files. */
  readonly files?: readonly RepoFile[];
  /** Paths that are removed. */
  readonly deletes?: readonly string[];
  /** @default 'main' */
  readonly branch?: string;
  /** @default 'Update files' */
  readonly title?: string;
}

/** The fields of a definition that can change while the hub runs. */
export type RepoSettings = Omit<RepoDefinition, 'id' | 'type' | 'files' | 'branches' | 'gitTags' | 'refs'>;

/** A repo that the hub serves. */
export interface HostedRepo {
  readonly type: RepoType;
  readonly id: string;
  /** The database id that the API shows as `_id`: 24 hex characters. */
  readonly objectId: string;
  settings(): RepoSettings;
  change(settings: RepoSettings): void;
  /** The time of the newest commit on `main`. */
  lastModifiedMs(): number;
  /** Reads and hashes the files when it is first asked for. */
  history(): Promise<RepoHistory>;
  /** Returns the new commit id. */
  commit(commit: RepoCommit): Promise<string>;
  /** Points a branch at any commit, as a forced push does. */
  moveBranch(branch: string, commit: string): Promise<void>;
  /** Removes a commit that nothing points at, with the objects that only it has. */
  forgetCommit(commit: string): Promise<void>;
}

/** When a repo was made whose definition does not say. */
export const defaultCreatedAt = '2026-01-01T00:00:00.000Z';
/** Commits of one repo are this far apart, so that ids do not depend on the time of day. */
const COMMIT_STEP_MS = 60_000;

async function storeAll(files: readonly RepoFile[]): Promise<StoredFile[]> {
  const stored: StoredFile[] = [];
  for (const file of files) stored.push(await storeFile(file));
  return stored;
}

function checkPaths(definition: RepoDefinition): void {
  const seen = new Set<string>();
  for (const { path } of definition.files) {
    if (seen.has(path)) {
      throw new ModelkeepError('core.invalid-argument', {
        message: `The repo ${definition.id} lists the file ${path} twice`,
        facts: { argument: 'files', found: path },
      });
    }
    seen.add(path);
  }
}

/**
 * Makes a repo from its definition. Nothing is read before the history is asked for.
 *
 * @throws `core.invalid-argument` when a path is listed twice
 */
export function hostRepo(definition: RepoDefinition): HostedRepo {
  checkPaths(definition);
  const { id, type = 'model', files, branches, gitTags, refs, ...initial } = definition;
  let settings: RepoSettings = initial;
  let lastModifiedMs = Date.parse(initial.lastModified ?? initial.createdAt ?? defaultCreatedAt);
  let newestMs = lastModifiedMs;

  async function start(): Promise<RepoHistory> {
    const snapshot = makeSnapshot({
      parent: null,
      changed: await storeAll(files),
      deleted: [],
      title: 'initial commit',
      atMs: newestMs,
    });
    const references = initialReferences({ branches, gitTags, refs }, snapshot.id);
    const history: RepoHistory = { snapshots: new Map(), references, objects: new Map() };
    rememberSnapshot(history, snapshot);
    return history;
  }
  let started: Promise<RepoHistory> | undefined;
  const history = (): Promise<RepoHistory> => (started ??= start());

  async function append(commit: RepoCommit): Promise<string> {
    const known = await history();
    const branch = `refs/heads/${commit.branch ?? 'main'}`;
    const parent = known.snapshots.get(known.references.get(branch) ?? '');
    if (parent === undefined) {
      throw new ModelkeepError('core.invalid-argument', {
        message: `The repo ${id} has no branch ${commit.branch ?? 'main'}`,
        facts: { argument: 'branch', found: commit.branch },
      });
    }
    const changed = await storeAll(commit.files ?? []);
    newestMs += COMMIT_STEP_MS;
    const title = commit.title ?? 'Update files';
    const snapshot = makeSnapshot({ parent, changed, deleted: commit.deletes ?? [], title, atMs: newestMs });
    rememberSnapshot(known, snapshot);
    known.references.set(branch, snapshot.id);
    if (branch === 'refs/heads/main') lastModifiedMs = newestMs;
    return snapshot.id;
  }
  const unknown = (argument: string, found: string): ModelkeepError =>
    new ModelkeepError('core.invalid-argument', {
      message: `The repo ${id} has no ${argument} ${found}`,
      facts: { argument, found },
    });
  let lastCommit: Promise<unknown> = Promise.resolve();

  return {
    type,
    id,
    objectId: createHash('sha1').update(`${type}:${id}`).digest('hex').slice(0, 24),
    settings: () => settings,
    change: (changes) => {
      settings = { ...settings, ...changes };
    },
    lastModifiedMs: () => lastModifiedMs,
    history,
    commit(commit) {
      const made = lastCommit.then(() => append(commit));
      lastCommit = made.catch(() => undefined);
      return made;
    },
    async moveBranch(branch, commit) {
      const known = await history();
      const name = `refs/heads/${branch}`;
      if (!known.references.has(name)) throw unknown('branch', branch);
      if (!known.snapshots.has(commit)) throw unknown('commit', commit);
      known.references.set(name, commit);
      newestMs += COMMIT_STEP_MS;
      if (branch === 'main') lastModifiedMs = newestMs;
    },
    async forgetCommit(commit) {
      const known = await history();
      const isNeeded = [...known.references.values()].includes(commit);
      if (isNeeded || !known.snapshots.delete(commit)) throw unknown('free commit', commit);
      known.objects.clear();
      for (const snapshot of known.snapshots.values()) rememberSnapshot(known, snapshot);
    },
  };
}
