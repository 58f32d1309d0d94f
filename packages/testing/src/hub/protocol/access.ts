import { redirectAnswer } from '../http/answer.ts';
import type { HostedRepo } from '../repo/hosted-repo.ts';
import { snapshotAt } from '../repo/references.ts';
import type { RepoAddress, RepoRegistry } from '../repo/repo-registry.ts';
import type { Snapshot } from '../repo/snapshot.ts';
import { encodePath } from './encoding.ts';
import type { Identity } from './identity.ts';
import { refuse, Refusal } from './refusal.ts';

/** The address of a repo within a request's path. */
export interface AddressInUrl extends RepoAddress {
  /** What is before and after the id in the raw path and query: a renamed repo keeps both. */
  readonly before: string;
  readonly after: string;
}

function isGranted(repo: HostedRepo, identity: Identity): boolean {
  return identity !== null && (repo.settings().grantedTokens ?? []).includes(identity);
}

/** Whether a request may know that the repo exists. */
export function isVisible(repo: HostedRepo, identity: Identity): boolean {
  return repo.settings().private !== true || isGranted(repo, identity);
}

/** Finds the repo of a request, or refuses as the Hub does: missing, private, renamed, disabled. */
export function openRepo(registry: RepoRegistry, address: AddressInUrl, identity: Identity): HostedRepo {
  const repo = registry.find(address);
  const renamed = repo === undefined ? registry.findRenamed(address) : undefined;
  if (renamed !== undefined && isVisible(renamed, identity)) {
    throw new Refusal(redirectAnswer(307, `${address.before}${encodePath(renamed.id)}${address.after}`));
  }
  if (repo === undefined || !isVisible(repo, identity)) {
    if (identity === null) refuse(401, { message: 'Invalid username or password.' });
    refuse(404, { code: 'RepoNotFound', message: 'Repository not found' });
  }
  const { disabled } = repo.settings();
  if (disabled !== undefined && disabled !== false) {
    refuse(403, { message: disabled === true ? 'Access to this resource is disabled.' : disabled });
  }
  return repo;
}

/** Refuses the files of a gated repo to those who were not let in. */
export function requireGrant(repo: HostedRepo, identity: Identity): void {
  const { gated = false } = repo.settings();
  if (gated === false || isGranted(repo, identity)) return;
  const restricted = `Access to ${repo.type} ${repo.id} is restricted`;
  if (identity === null) {
    const message = `${restricted}. You must have access to it and be authenticated to access it. Please log in.`;
    refuse(401, { code: 'GatedRepo', message });
  }
  refuse(403, { code: 'GatedRepo', message: `${restricted} and you are not in the authorized list.` });
}

/** The snapshot of a revision, or 404 `RevisionNotFound`. */
export async function openRevision(repo: HostedRepo, revision: string): Promise<Snapshot> {
  const snapshot = snapshotAt(await repo.history(), revision);
  if (snapshot !== undefined) return snapshot;
  return refuse(404, { code: 'RevisionNotFound', message: `Invalid rev id: ${revision}` });
}
