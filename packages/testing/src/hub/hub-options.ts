import type { Clock } from '@modelkeep/core';
import type { KnownTokens } from './protocol/identity.ts';
import type { RateLimitOptions } from './protocol/rate-limit.ts';
import type { RepoDefinition } from './repo-definition.ts';
import type { HubBehaviour } from './routes/hub-request.ts';

/** The speed of both servers. */
export interface Pace {
  /** For each answer. @default as fast as it goes */
  readonly bytesPerSecond?: number;
  /** The wait before each answer. @default 0 */
  readonly latencyMs?: number;
}

/** How a hub is started. */
export interface HubOptions extends Pace {
  readonly repos?: readonly RepoDefinition[];
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default a free port */
  readonly port?: number;
  /** @default a free port */
  readonly cdnPort?: number;
  /** `'off'` counts nothing and sends no rate-limit headers. @default the public hub's limits */
  readonly rateLimit?: RateLimitOptions | 'off';
  /** The most entries on a page of a list or a tree. @default 1000, and 50 for a tree with `expand` */
  readonly pageSize?: number;
  /** Which tokens exist; those that a repo grants always do. @default 'any' */
  readonly tokens?: KnownTokens;
  /** `direct` answers 200 at the resolve URL of a git file, as older hubs do. @default 'redirect' */
  readonly gitFiles?: HubBehaviour['gitFiles'];
  /** Whether the redirect of a git file tells `X-Linked-Size`. @default false */
  readonly linkedSizeOnGitFiles?: boolean;
  /**
   * When git files are compressed and chunked: when Accept-Encoding lists gzip, also when the header is
   * missing, or never. @default 'when-accepted'
   */
  readonly gzip?: HubBehaviour['gzip'];
  /** How long a URL of the CDN is valid. @default 3600 */
  readonly signedUrlSeconds?: number;
  /** Hash the files of a repo when it is first asked for, not before the hub answers. @default false */
  readonly lazyHashing?: boolean;
  /** The time of rate-limit windows and of signed URLs. @default the system's */
  readonly clock?: Clock;
}
