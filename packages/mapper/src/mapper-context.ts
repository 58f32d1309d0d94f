import type { Clock } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { LinkHands } from './links/link-hands.ts';
import type { ReadLinkTexts } from './links/link-texts.ts';
import type { LookAtNames } from './plan/source-looks.ts';
import type { ModelLookup } from './plan/mappable-model.ts';
import type { Exclusively } from './support/exclusively.ts';
import type { AppProfile } from './profiles/app-profile.ts';
import type { FileRegistry } from './registry/file-registry.ts';
import type { FolderRegistry } from './registry/folder-registry.ts';
import type { LinkRegistry } from './registry/link-registry.ts';
import type { PlaceRegistry } from './registry/place-registry.ts';
import type { UndoJournal } from './registry/undo-journal.ts';
import type { ViewRegistry } from './registry/view-registry.ts';

/** @internal What the parts of the mapper share. */
export interface MapperContext {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly library: ModelLookup;
  readonly profiles: readonly AppProfile[];
  readonly hands: LinkHands;
  /** null: names are looked at one by one. */
  readonly kindsOf: LookAtNames | null;
  /** null: links are read one by one. */
  readonly readLinkTexts: ReadLinkTexts | null;
  /** Where the caller keeps translation configs; null: nowhere. */
  readonly translationFolder: string | null;
  /** Where folders of links are made that config files lead to; null: nowhere. */
  readonly viewFolder: string | null;
  /** The system that paths are judged for. */
  readonly platform: NodeJS.Platform;
  readonly links: LinkRegistry;
  readonly folders: FolderRegistry;
  readonly files: FileRegistry;
  readonly places: PlaceRegistry;
  readonly views: ViewRegistry;
  readonly journal: UndoJournal;
  /**
   * Held from the record of an intention to the record of what became of it. So what is found unfinished under it was left
   * by a process that is no more. Never held twice.
   */
  readonly exclusively: Exclusively;
}
