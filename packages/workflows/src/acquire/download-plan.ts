import type { CivitaiDetails } from '@modelkeep/core';
import type { LeftFile, TreeFile, WeightsVariant } from '@modelkeep/hf-client';

/** A file that a plan downloads, or finds here already. */
export interface PlannedFile extends Omit<TreeFile, 'sizeBytes'> {
  /** Null where a server does not tell. */
  readonly sizeBytes: number | null;
  /** Whether the library holds its content. */
  readonly present: boolean;
}

/** The conditions of a repo that a person has to accept on the hub. */
export interface Gate {
  /** `auto`: access comes with accepting; `manual`: the author decides; `early-access`: it is sold until it is free for all. */
  readonly kind: 'auto' | 'manual' | 'early-access';
  /** Whether the token that was given has access. */
  readonly granted: boolean;
  /** `token`: none was given, or the hub refuses it; `gate`: its owner has no access yet. */
  readonly reason: 'token' | 'gate' | 'early-access' | null;
  /** Where a person accepts. */
  readonly acceptUrl: string;
  /** When everybody may have it: ISO 8601, where that is known. */
  readonly until?: string | undefined;
}

/** A commit of a repo on a hub. */
export interface HubPlanSource {
  readonly provider: 'hf';
  readonly endpoint: string;
  readonly repo: string;
  /** What was asked for. */
  readonly revision: string;
  /** What that is now: 40 hex. The download fetches exactly this. */
  readonly commit: string;
}

/** A file on the web. */
export interface UrlPlanSource {
  readonly provider: 'url';
  /** Origin and path. */
  readonly url: string;
}

/** A version of a model on Civitai. */
export interface CivitaiPlanSource {
  readonly provider: 'civitai';
  readonly endpoint: string;
  readonly modelId: number | null;
  readonly versionId: number;
  /** The numbers of the planned files, by their names. */
  readonly fileIds: Readonly<Record<string, number>>;
  /** What the site tells of the version. */
  readonly details: CivitaiDetails;
}

/** Where a download comes from. */
export type DownloadSource = HubPlanSource | CivitaiPlanSource | UrlPlanSource;

/** What a download will do, told before a byte is fetched. Plain data: it can be shown, stored and sent. */
export interface DownloadPlan {
  readonly source: DownloadSource;
  /** Other addresses of its one file, origin and path of each, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  /**
   * Names the queries of its addresses, which may be signed: they are in no plan but in the memory of the open library
   * that made it, for its latest 1,000 of them. Null where no address has a query.
   */
  readonly queriesId: string | null;
  readonly files: readonly PlannedFile[];
  /** Of the files whose size is known, as the two below. */
  readonly bytesTotal: number;
  readonly bytesPresent: number;
  readonly bytesNeeded: number;
  /** Files of the repo that are not downloaded, and why. */
  readonly left: readonly LeftFile[];
  /** The weights that the repo offers, by quantisation and precision, with their sizes; the smallest first. */
  readonly variants: readonly WeightsVariant[];
  /** SPDX id or the hub's word, null where nobody names one. */
  readonly licence: string | null;
  readonly tags: readonly string[];
  readonly description: string | null;
  /** Null where everybody may have it, as far as that is known. */
  readonly gate: Gate | null;
}
