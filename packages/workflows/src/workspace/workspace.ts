import type { ModelRecord, Operation } from '@modelkeep/core';
import type { LookupOptions } from '@modelkeep/hf-client';
import type { CheckPlaceOptions, PlaceReport } from '@modelkeep/io';
import type {
  ComputeHashesReport,
  DuplicatesReport,
  FindDuplicatesOptions,
  GcOptions,
  LibraryUsage,
  RebuildReport,
  RecoveryReport,
  ShareDuplicatesOptions,
  SharingReport,
  PlacedModel,
  ScanWatch,
} from '@modelkeep/library';
import type { Download } from '../acquire/download.ts';
import type { DownloadOptions } from '../acquire/download-types.ts';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';
import type { ScanRequest, ScanResult, WatchRequest } from '../enrich/scan-and-enrich.ts';
import type { EnrichOptions, EnrichReport } from '../enrich/enrich-types.ts';
import type { LookupQuery, LookupReport } from '../lookup/lookup-file.ts';
import type { FileIdentification, IdentifyFileOptions } from '../identify/file-identification.ts';
import type { IdentifyRemoteOptions, RemoteIdentification } from '../identify/remote-identification.ts';
import type { Keeping } from '../keep/keeping.ts';
import type { LibraryJobs } from '../jobs/library-jobs.ts';
import type { LibraryServers } from '../servers/library-servers.ts';
import type { LibraryRepos } from '../repos/library-repos.ts';
import type { Searching } from '../search/searching.ts';
import type { Linking } from '../link/linking.ts';
import type { Diagnosis } from '../maintain/diagnose.ts';
import type { LibraryRepair, RepairLibraryOptions } from '../maintain/repair-library.ts';
import type { TidyReport } from '../maintain/tidying.ts';
import type { ComputeHashesRequest } from '../maintain/compute-hashes.ts';
import type { Migrating } from '../migrate/migrating.ts';
import type { RoomKeeping } from '../evict/room-keeping.ts';
import type { Updating } from '../update/updating.ts';
import type { SharedState } from '@modelkeep/fleet';
import type { Declaring } from '../state/declaring.ts';
import type { TokenKeeping } from '../state/token-keeping.ts';
import type { Importing } from '../volumes/importing.ts';
import type { LibraryWebhooks } from '../webhooks/library-webhooks.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { LibraryVerification, VerifyLibraryOptions } from '../maintain/verify-library.ts';

/** What an operation accepts that can be given up. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** An open library with everything that can be done with it. */
export interface Workspace
  extends
    AsyncDisposable,
    Importing,
    Volumes,
    Keeping,
    Linking,
    Updating,
    RoomKeeping,
    Searching,
    Declaring,
    Migrating {
  /**
   * What the processes (and with a server: the machines) that work with this library know in common: progress, manifest,
   * changes. Null in mode `read` where nobody has written it.
   */
  readonly shared: SharedState | null;
  readonly tokens: TokenKeeping;
  /** Repos of the hub, with the files that they have. */
  readonly repos: LibraryRepos;
  /** The servers that share what they know, and which of them has which model. */
  readonly servers: LibraryServers;
  /** What is to be done, by whichever process: it outlives the one that asked for it. */
  readonly jobs: LibraryJobs;
  /** Who is told when jobs end. */
  readonly webhooks: LibraryWebhooks;
  /** Absolute path. */
  readonly root: string;
  /** `read` also when a newer version of modelkeep wrote the library and lets this one read only. */
  readonly mode: 'read' | 'write';
  /** What opening found of processes that ended half-way; null in mode `read`. */
  readonly recovery: RecoveryReport | null;

  /**
   * Tells what a download would fetch, before anything is fetched.
   *
   * @param reference - `hf:org/name[@revision][/path]`, the address of a repo or file on the hub, or of any file on the
   * web: its query, which may be signed, is used and neither stored nor logged
   * @throws `hub.*`, `network.*`, `hub.nothing-selected`, `library.unsafe-name`, `library.nothing-to-import` without
   * weights, `workflows.invalid-reference`, `transfer.bad-answer` for a web page in place of a file, `transfer.integrity` when the
   * source tells another hash than `sha256`
   */
  planDownload(reference: string, options?: PlanDownloadOptions): Promise<DownloadPlan>;
  /**
   * Tells what a model is before it is downloaded, from the headers of its weights: for gigabytes it takes less than two
   * megabytes. Of a repo or folder with a `model_index.json` or `config.json` all parts are looked at; of any other the largest
   * weights, unless path or selection name others.
   *
   * @param reference - a repo, folder or file of the hub, a model or version of Civitai, or the https URL of any file
   * @throws `hub.*`, `civitai.*`, `network.*`, `formats.*`, `library.nothing-to-import` without weights
   */
  identifyRemote(reference: string, options?: IdentifyRemoteOptions): Promise<RemoteIdentification>;
  /**
   * Tells of a file, here or elsewhere, that need not be in the library: what it is, where it comes from (this library,
   * Civitai and the hub, by its hash), and what is known about loading it. Of a folder of one model, or of a pipeline of diffusers,
   * it tells the parts and what is missing.
   *
   * @param pathOrReference - a path, a repo, folder or file of the hub, or the https URL of any file
   * @throws (in `result`) also `formats.invalid` and `formats.too-large` for a description of parts that breaks its rules,
   * `library.nothing-to-import` for a folder that is not one model
   */
  identify(pathOrReference: string, options?: IdentifyFileOptions): Operation<FileIdentification>;
  /** Fetches what a plan needs; verified while it streams, stored once, identified, indexed. */
  download(plan: DownloadPlan, options?: DownloadOptions): Download;
  /** For all downloads together; null: no limit. @throws `core.invalid-argument` for a rate that is not above 0 */
  setMaxBytesPerSecond(bytesPerSecond: number | null): void;
  /**
   * Brings the library up to date with folders outside of it, whose models stay where they are. What did not change since
   * the last scan is not read again. With `enrich` sources are asked about what is new then.
   * Folders that the config file of an app names are told, and with `followConfigs` scanned.
   *
   * @throws `io.not-found` for a folder that never was there, `core.invalid-argument` for what is no folder outside of the
   * library, `library.too-wide` for the home folder and what holds it, `library.read-only`, `io.disk-full`
   */
  scan(roots: string | readonly string[], options?: ScanRequest): Operation<ScanResult>;
  /**
   * Scans now, after each change of the folders, and from time to time, until it is closed or its signal aborts: as `scan`
   * does, so that with `enrich` sources are asked about what came, and with `followConfigs` the folders are watched as well
   * that the config file of an app names at the time.
   */
  watch(roots: string | readonly string[], options?: WatchRequest): ScanWatch<ScanResult>;

  /** A model by its id, a unique prefix of it, its slug, or its name where only one has it. @throws `library.model-not-found`, `library.ambiguous-id` */
  get(reference: string): Promise<ModelRecord>;
  /**
   * The model that a path means, also one that another system knows it by: `D:\\models\\a.safetensors`,
   * `/mnt/models/a.safetensors`, `loras/a.safetensors`. A path that more than one model may be means none.
   *
   * @returns null where no model is known by it
   */
  findByPath(path: string, options?: Cancellable): Promise<ModelRecord | null>;
  /**
   * Finds where a file comes from, by its hash, its name or the file itself: in this library, in the file lists of repos
   * that were seen before, and in repos of a like name. Nothing is a match unless a hash agrees.
   */
  lookup(query: LookupQuery, options?: LookupOptions): Operation<LookupReport>;
  /**
   * Brings together what is known of models: from their sidecars and headers, by better rules than before, from Civitai by
   * the hashes of their files, from the hub. Each source has its own layer; what a person stated stays. A second run asks
   * nobody and writes nothing.
   *
   * `result` rejects with `library.read-only`, `library.model-not-found`, `library.ambiguous-id`, `io.*`. A source that
   * cannot be asked is told in the report, with what is left to ask.
   */
  enrich(options?: EnrichOptions): Operation<EnrichReport>;
  /** Absolute path of the folder with a model's files: in the library, or where the model was adopted. */
  folderOf(model: PlacedModel): string;

  /**
   * Compares what is stored with what the metadata says, and the small files of repos with what was fetched, byte by byte
   * unless asked otherwise. It changes nothing, but notes which of the latter the next sync of their repo is to fetch again.
   */
  verify(options?: VerifyLibraryOptions): Operation<LibraryVerification>;
  /**
   * Verifies, and mends what it finds: from the library itself where it has the bytes, else from where they came from.
   * Damaged bytes go to quarantine. What somebody has changed on purpose stays.
   */
  repair(options?: RepairLibraryOptions): Operation<LibraryRepair>;
  /**
   * Puts blobs that no model needs into the trash, and deletes what has been there for a day. Links of apps are led to models
   * that a process which died was about to move; where that fails the report says so.
   */
  collectGarbage(options?: GcOptions): Operation<TidyReport>;
  /** Finds files of the same bytes below any folder, such as an app's. Changes nothing. */
  findDuplicates(folder: string, options?: FindDuplicatesOptions): Operation<DuplicatesReport>;
  /** Lets duplicates share their bytes: by reflinks, and by hard links only where that is allowed. */
  shareDuplicates(found: DuplicatesReport, options?: ShareDuplicatesOptions): Operation<SharingReport>;
  /** The room that the library takes: apparent, on the drive, shared, and what could be had back. */
  usage(options?: Cancellable): Promise<LibraryUsage>;
  /**
   * Computes the hashes that other tools know weights by (AutoV1, AutoV2, AutoV3, CRC-32, tensor hash) where a model lacks
   * them, and keeps them in its metadata.
   *
   * @throws `library.read-only`, `library.model-not-found`, `library.ambiguous-id`, `io.*`
   */
  computeHashes(request?: ComputeHashesRequest): Operation<ComputeHashesReport>;
  /** Makes the index anew from the metadata of the models. */
  rebuildIndex(options?: Cancellable): Promise<RebuildReport>;
  /** Says what keeps a path from being read from or written to, and what to know of its drive. Whatever is wrong is a finding. */
  checkPlace(path: string, options: CheckPlaceOptions): Promise<PlaceReport>;
  /** Looks at the machine, the drive and the library, and says what is not as it should be. */
  diagnose(options?: Cancellable): Promise<Diagnosis>;

  /**
   * Gives running operations `drainMs` to end (none by default), pauses the others, and closes everything.
   */
  close(options?: { readonly drainMs?: number | undefined }): Promise<void>;
}
