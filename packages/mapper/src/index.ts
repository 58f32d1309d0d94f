export { createMapper, type Mapper, type MapperOptions } from './mapper.ts';
export type { Exclusively } from './support/exclusively.ts';
export type { ApplyOptions } from './apply/apply-plan.ts';
export {
  appliedOutcomes,
  type AppliedLink,
  type AppliedOutcome,
  type AppliedPlan,
  type UnlinkedApp,
} from './apply/applied-plan.ts';
export type { UndoPlan, UndoPlanEntry } from './apply/plan-undo.ts';
export type { RunNames } from './apply/undo-steps.ts';
export type { UndoableRun } from './registry/undoable-runs.ts';
export { linkHealths, type CheckedLink, type LinkHealth } from './health/link-health.ts';
export { configHealths, type CheckedFile, type ConfigHealth } from './health/config-health.ts';
export type { RepairedConfig } from './health/repair-config.ts';
export type { RepairedLinks } from './health/repair-links.ts';
export type { LinkScope } from './apply/recover-links.ts';
export type { UnlinkedModel } from './apply/unlink-model.ts';
export type { UnlinkAllOptions } from './apply/unlink-all.ts';
export type { LookAtNames } from './plan/source-looks.ts';
export type { AppliedFile, ConfigPlan, PlannedFile } from './config/planned-file.ts';
export {
  readConfiguredFolders,
  type ConfiguredFolder,
  type ConfiguredFolders,
  type ConfiguredFoldersOptions,
} from './config/configured-folders.ts';
export type { DetectedApp } from './detect/detect-apps.ts';
export { linkKinds, type LinkKind } from './links/link-kind.ts';
export type { LinkingOptions, StrategyChoice } from './plan/choose-strategies.ts';
export {
  plannedActions,
  type LinkPlan,
  type LinkPlanEntry,
  planWarningCodes,
  type PlanAdvice,
  type PlannedAction,
  type PlanWarning,
  type PlanWarningCode,
} from './plan/link-plan.ts';
export { linkReasonCodes, type LinkReason, type LinkReasonCode } from './plan/link-reason.ts';
export { checkMapping, type StatedMapping } from './plan/check-mapping-edit.ts';
export type { MappableModel, ModelLookup } from './plan/mappable-model.ts';
export type { PlanLinksOptions } from './plan/plan-links.ts';
export type {
  AcceptedModels,
  AppProfile,
  MappingRule,
  ProfileFolder,
  ProfilePlugin,
  ProfileSidecars,
  ProfileSigns,
  UnmappedTypes,
} from './profiles/app-profile.ts';
export { appProfiles } from './profiles/app-profiles.ts';
export type { ReadLinkTexts } from './links/link-texts.ts';
export { knownApps, type KnownApp } from './profiles/known-apps.ts';
export {
  configFormats,
  storeFormats,
  type ConfigFormat,
  type MappingWay,
  type StoreFormat,
} from './profiles/mapping-way.ts';
export type { ConfigFileFacts, ConfigSetting } from './profiles/config-file-facts.ts';
export {
  versionSchemes,
  type ProfileVersions,
  type VersionFile,
  type VersionScheme,
} from './profiles/profile-versions.ts';
export type { ChosenTranslation, TranslationConfig, TranslationRule } from './translation/translation-config.ts';
export { normaliseVersion } from './versions/normalise-version.ts';
export { parseAppProfile } from './profiles/parse-profile.ts';
export type { RegistryDatabase } from './registry/database.ts';
export type { RegisteredLink } from './registry/link-row.ts';
export { mapperMigrations } from './registry/migrations.ts';
