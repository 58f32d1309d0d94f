import type { LatestValue } from '@modelkeep/core';
import type {
  AwaitServerOptions,
  CheckRequirementsOptions,
  CopyPlan,
  FindSubstitutesOptions,
  GovernedContent,
  PlannedCopy,
  RankedServer,
  RequirementsAnswer,
  ServerRegistration,
  Servers,
  Substitute,
  SyncReport,
  TrackedRequirements,
  TrackRequirementsOptions,
} from '@modelkeep/fleet';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { DownloadResult } from '../acquire/download-types.ts';
import type { Download } from '../acquire/download.ts';
import type { BlobHandler } from './answer-blobs.ts';
import type { AnswerBlobsOptions } from './guard-blobs.ts';

/** How a library takes part in a fleet. */
export interface ServersOptions {
  /** What this library is called among the servers. @default the id of the library */
  readonly serverId?: string | undefined;
  /**
   * Where all servers keep what they know of each other. Its owner closes it. @default a database beside the library, for
   * the processes of one machine
   */
  readonly store?: Servers | undefined;
}

/** How a library tells what it has. */
export interface SyncInventoryOptions {
  /**
   * Hashes of files that a verification has found damaged: they do not count as there. They are remembered as long as the
   * library is open. @default those of the last call
   */
  readonly corrupt?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a library stays part of a fleet. */
export interface ServeOptions {
  /** What it says of itself. @default the name of the machine, and nothing else */
  readonly registration?: Omit<ServerRegistration, 'id'> | undefined;
  /** How often it says that it is there, in milliseconds. @default a third of the time after which it counts as silent */
  readonly heartbeatMs?: number | undefined;
  /** How busy it is now. @default not at all */
  readonly load?: (() => { readonly running: number; readonly queued: number }) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A library that is part of a fleet, until it is closed. */
export interface Serving extends AsyncDisposable {
  readonly serverId: string;
  /** Ends with it: closed, aborted, or the store was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** How a content is fetched from another server. */
export interface FetchFromPeersOptions {
  /** Is given the download, to show its progress or to pause it. */
  readonly onDownload?: ((download: Download) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model of the fleet, and what is to be seen to. */
export interface GovernedModel extends GovernedContent {
  /**
   * Where it comes from when no server that can be reached has it, as `planDownload` takes it; the hash has to be that of the
   * policy. @default nowhere: then it is `unmet`
   */
  readonly reference?: string | undefined;
}

/** How copies are kept. */
export interface KeepCopiesOptions {
  /** The models with a policy; a function is asked at each look. Each server is given the same ones. */
  readonly models: readonly GovernedModel[] | (() => readonly GovernedModel[] | Promise<readonly GovernedModel[]>);
  /**
   * Is asked before this server fetches what has the policy `ask`, once for each time that it is missing; where it throws,
   * again after a minute, then later each time. Nothing else waits for the answer. The signal aborts when nobody needs the copy
   * any more. @default nobody agrees
   */
  readonly agree?: ((copy: PlannedCopy, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** How often copies are planned where nothing is heard of a change, in milliseconds. @default 60_000 */
  readonly everyMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The plan of all servers as this one sees it, whose own part is done by jobs, until it is closed. */
export interface KeepingCopies extends LatestValue<CopyPlan>, AsyncDisposable {
  /** Ends with it: closed, aborted, or the store was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The servers that share what they know, and which of them has which model. */
export interface LibraryServers extends Servers {
  /** What this library is called among them. */
  readonly ownId: string;
  /**
   * Tells the others what this library has, all of it at once: the weights of its models, without those that were evicted
   * or are missing. It registers the library where it is not known. A second time writes nothing.
   *
   * @throws what the store throws
   */
  syncInventory(options?: SyncInventoryOptions): Promise<SyncReport>;
  /** Registers this library, says that it is there, and tells what it has whenever that changes, until it is closed. */
  serve(options?: ServeOptions): Promise<Serving>;
  /**
   * Tells for each server whether it has the models that a job needs, and what fetching the others takes.
   *
   * @throws `core.invalid-argument`, and what the store throws
   *
   * @example
   * ```ts
   * import { openLibrary, pickServer } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * await library.servers.syncInventory();
   * const answer = await library.servers.checkRequirements({ models: ['hf:acme/tiny-flux/unet.safetensors'] });
   * const { picked, ranked } = await pickServer(answer);
   * console.log(picked?.server.id, ranked.map(({ server, because }) => [server.id, because]));
   * ```
   */
  checkRequirements(options: CheckRequirementsOptions): Promise<RequirementsAnswer>;
  /** The same, kept current for a job of the caller's own queue. */
  trackRequirements(options: TrackRequirementsOptions): Promise<TrackedRequirements>;
  /** Waits until a server has everything. @throws `fleet.models-unavailable` after `timeoutMs` */
  awaitServer(options: AwaitServerOptions): Promise<RankedServer>;
  /**
   * Plans the download of a content from the servers that have it and tell an endpoint: verified by its hash, resumed where it
   * was cut off, from the next server where one fails. An endpoint at a private address has to be among `privateOrigins`.
   *
   * @throws `fleet.not-found` where no server that can be reached has it; `workflows.waiting-for-user` where those that have it
   * want a secret (`library.tokens`) or refuse this one; `network.*`
   */
  planFetch(sha256: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<DownloadPlan>;
  /** Does that, notes how fast it was, and tells the others that it is here. Rejects as the download does. */
  fetch(sha256: string, options?: FetchFromPeersOptions): Promise<DownloadResult>;
  /**
   * Sees to it that models are where their policies want them: plans copies whenever a server or a model on one changes, and
   * submits a job for each that this library is to get, `copy` from the servers that have it, else `download`. Somebody has
   * to do these jobs: open the library with `runJobs`. Every server of the fleet calls it with the same models.
   *
   * @throws what the store throws, and what `models` throws at the first look
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models', runJobs: true });
   * const [model] = await library.list({ type: 'checkpoint' });
   * const sha256 = model?.files[0]?.sha256 ?? '';
   * await using keeping = await library.servers.keepCopies({ models: [{ sha256, policy: { mode: 'keep', copies: 2 } }] });
   * console.log(keeping.current.copies, keeping.current.unmet);
   * ```
   */
  keepCopies(options: KeepCopiesOptions): Promise<KeepingCopies>;
  /**
   * Answers requests of other servers for what this library has, by hash, below its endpoint: for a server of `node:http`.
   * Whoever may ask may have every file of the library whose hash they know. Without a guard only this machine is answered; who is
   * refused gets 401 or 403, with a `workflows.peer-refused` as JSON.
   *
   * @throws `core.invalid-argument` for a secret that can be guessed, or not be sent
   *
   * @example
   * ```ts
   * import { createServer } from 'node:http';
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const secret = process.env['PEER_SECRET'] ?? '';
   * createServer(library.servers.answerBlobs({ secret })).listen(8443, '10.0.0.5');
   * await using serving = await library.servers.serve({ registration: { endpoint: 'http://10.0.0.5:8443' } });
   * await library.tokens.set('http://10.0.0.6:8443', secret); // what is sent to another server
   * ```
   */
  answerBlobs(options?: AnswerBlobsOptions): BlobHandler;
  /** Models of the same family and type for one that is not to be had, with reasons. */
  findSubstitutes(sha256: string, options?: FindSubstitutesOptions): Promise<readonly Substitute[]>;
}
