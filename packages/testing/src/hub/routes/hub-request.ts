import type { IncomingHttpHeaders } from 'node:http';
import type { RepoRegistry } from '../repo/repo-registry.ts';
import type { UrlSigner } from '../protocol/signed-url.ts';
import type { Identity } from '../protocol/identity.ts';

/** How the hub behaves where real hubs differ. */
export interface HubBehaviour {
  /** The most entries on a page; 50 where commits are asked for. */
  readonly pageSize: number;
  /** `redirect` to the resolve cache, or `direct` as older hubs do. */
  readonly gitFiles: 'redirect' | 'direct';
  /** Whether the redirect of a git file tells `X-Linked-Size`. */
  readonly linkedSizeOnGitFiles: boolean;
  /** When git files are compressed. */
  readonly gzip: 'when-accepted' | 'unless-identity' | 'never';
}

/** What every handler gets. */
export interface HubRequest {
  readonly method: string;
  /** The raw path without the query. */
  readonly path: string;
  /** The raw path and query. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly identity: Identity;
  /** The addresses of the two servers by the name that the client used. */
  readonly hubUrl: string;
  readonly cdnUrl: string;
  readonly registry: RepoRegistry;
  readonly signer: UrlSigner;
  readonly behaviour: HubBehaviour;
  /** The body, at most 1 MiB. */
  readBody(): Promise<string>;
}
