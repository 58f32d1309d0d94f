import type { ConfigPlan } from '../config/planned-file.ts';
import type { LinkKind } from '../links/link-kind.ts';
import type { StrategyChoice } from './choose-strategies.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import type { ChosenTranslation } from '../translation/translation-config.ts';
import type { LinkReason } from './link-reason.ts';

/** What is to be done with one link. */
export const plannedActions = ['create', 'keep', 'replace', 'remove', 'conflict', 'skipped'] as const;
export type PlannedAction = (typeof plannedActions)[number];

/** One line of a plan. */
export interface LinkPlanEntry {
  readonly action: PlannedAction;
  readonly modelId: string;
  readonly slug: string;
  /** Content of the linked file, 64 hex; null where a whole folder is linked, and for what is skipped as a whole. */
  readonly fileSha256: string | null;
  /** The file or folder in the library, absolute; null for what is skipped. */
  readonly source: string | null;
  /** Folder of the link relative to the app's folder, `/` between segments, as the profile says it; null for what is skipped. */
  readonly folder: string | null;
  /** The link below that folder, `/` between segments: what the app shows as the model's name; null for what is skipped. */
  readonly name: string | null;
  /** The link itself, absolute, without links on the way; null for what is skipped. */
  readonly target: string | null;
  /** The ways in which it may be linked, the best one first; empty for what is skipped. A person may take some away. */
  readonly strategies: readonly LinkKind[];
  /** What it takes on the app's drive: 0 for every link. */
  readonly bytesToWrite: number;
  /** Why, for everything but a plain `create`, `keep` or `replace`. */
  readonly reason: LinkReason | null;
}

/** What a plan warns of. */
export const planWarningCodes = [
  'not-recognised',
  'plugin-missing',
  'linked-folder',
  'version-unknown',
  'version-not-covered',
  'sandboxed',
  'setting-replaces',
  'hidden-folder',
  'linked-twice',
  'links-at-risk',
  'copies',
] as const;
export type PlanWarningCode = (typeof planWarningCodes)[number];

/** What a person or a program does with a model in an app that is not mapped. */
export interface PlanAdvice {
  readonly modelId: string;
  readonly slug: string;
  /** A command, flags or a call. */
  readonly text: string;
}

/** Something that a person should know before the plan is applied. */
export interface PlanWarning {
  readonly code: PlanWarningCode;
  readonly message: string;
}

/** What would be done to make the models appear in an app: plain data that can be shown, cloned and sent. */
export interface LinkPlan {
  readonly id: string;
  readonly app: string;
  /** Where the links are: the app's folder, absolute, without links on the way; with {@link LinkPlan.config} another one. */
  readonly appRoot: string;
  /** How the app is made to see the models. */
  readonly way: MappingWay;
  /** The app's version in its own words; null when it is not known. */
  readonly appVersion: string | null;
  /** The translation config that counted; null where the profile alone did. */
  readonly translation: ChosenTranslation | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly entries: readonly LinkPlanEntry[];
  readonly counts: Readonly<Record<PlannedAction, number>>;
  readonly warnings: readonly PlanWarning[];
  /** Why links are made as they are, for each folder where that was looked at. */
  readonly choices: readonly StrategyChoice[];
  /** What the plan takes on the app's drive. */
  readonly bytesToWrite: number;
  /** For a way that is `plan-only`. */
  readonly advice: readonly PlanAdvice[];
  /** For a way of kind `config`: the files that lead the app to the links. */
  readonly config: ConfigPlan | null;
}
