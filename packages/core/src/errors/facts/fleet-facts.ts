/** Errors of what processes and machines know in common. */
export interface FleetErrorFacts {
  /** An entry is not the one that the caller has read: somebody else has changed it. 0: it was not there. */
  'fleet.conflict': {
    readonly topic: string;
    readonly key: string;
    readonly expectedVersion: number;
    readonly foundVersion: number;
  };
  /** There is no such repo, artifact or server. */
  'fleet.not-found': { readonly topic: string; readonly key: string };
  /** A token is not kept: there is no key to encrypt it with, or no place that others cannot read. */
  'fleet.secrets-refused': { readonly reason: string };
  /** An inventory was made on another one of its server than is known now. */
  'fleet.inventory-outdated': {
    readonly serverId: string;
    /** The version that the sync was made on. */
    readonly base: number;
    /** The version that is known. */
    readonly known: number;
  };
  /** No server had everything in time. */
  'fleet.models-unavailable': {
    readonly jobId: string;
    readonly waitedMs: number;
    /** What no server that is heard of has. */
    readonly models: readonly string[];
  };
}
