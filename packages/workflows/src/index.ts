export { openWorkspace, type HubOptions, type OpenWorkspaceOptions } from './workspace/open-workspace.ts';
export type {
  Cancellable,
  ListModelsOptions,
  SearchModelsOptions,
  SearchModelsResult,
  Workspace,
} from './workspace/workspace.ts';
export type { Download, DownloadOptions } from './acquire/download.ts';
export type { DownloadResult } from './acquire/download-types.ts';
export type { DownloadPlan, Gate, PlannedFile } from './acquire/download-plan.ts';
export type { PlanDownloadOptions } from './acquire/plan-download.ts';
export type { FileSelection } from './acquire/select-files.ts';
export type { AppLinks, PlanLinksOptions, UnlinkOptions } from './link/plan-links.ts';
export type { Diagnosis, Finding } from './maintain/diagnose.ts';
export type { VerifyLibraryOptions } from './maintain/verify-library.ts';
export type { TreeFile } from './trees/tree-store.ts';
export type {
  ImportReport,
  ModelProblem,
  RebuildReport,
  RecoveryReport,
  SkippedPath,
  VerifyProblem,
  VerifyReport,
} from '@modelkeep/library';
export type {
  AppliedLink,
  AppliedPlan,
  LinkHealth,
  LinkPlan,
  LinkPlanEntry,
  LinkReason,
  PlannedAction,
  PlanWarning,
  UnlinkedApp,
} from '@modelkeep/mapper';
