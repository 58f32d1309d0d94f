import { dirname } from 'node:path';
import {
  chooseLink,
  systemCodeOf,
  type FileSystem,
  type LinkAbilities,
  type LinkChoice,
  type LinkPolicy,
  type LinkRefusal,
  type LinkStrategy,
} from '@modelkeep/io';
import type { LinkKind } from '../links/link-kind.ts';
import type { FolderView } from './folder-views.ts';
import type { PlacedFile } from './placement.ts';

/** What is known of an app that decides how it is linked, and what a person wants. */
export interface LinkingOptions extends LinkPolicy {
  /** Tried first where it is possible. @default what suits the app: symlinks in folders, for stores what their tools cope with */
  readonly prefer?: LinkStrategy | undefined;
}

/** How the links of one folder are made, with the reasons. Plain data. */
export interface StrategyChoice {
  /** Absolute. */
  readonly folder: string;
  readonly kind: 'file' | 'folder';
  readonly isSameDrive: boolean;
  /** The best one first. */
  readonly chosen: readonly LinkChoice[];
  readonly refused: readonly LinkRefusal[];
}

/** @internal */
export interface ChooserOptions {
  readonly fileSystem: FileSystem;
  readonly canReadBytes: boolean;
  readonly linking: LinkingOptions | undefined;
  /** The best way first; null: symlinks. */
  readonly order: readonly LinkKind[] | null;
}

/** @internal Says in which ways a file may be linked; none when none is possible. */
export interface StrategyChooser {
  /** The same without a look at any drive; null where one is needed. */
  atOnce(file: PlacedFile): readonly LinkKind[] | null;
  choose(file: PlacedFile, view: FolderView): Promise<readonly LinkKind[]>;
  /** What was looked at. */
  choices(): readonly StrategyChoice[];
}

const DEFAULT_ORDER: readonly LinkKind[] = ['symlink', 'junction', 'hardlink', 'reflink', 'copy'];
const WRITTEN: readonly LinkKind[] = ['written'];
const IN_STORE: readonly LinkKind[] = ['symlink'];
const FILES: readonly LinkKind[] = ['symlink', 'hardlink'];
const FOLDERS: readonly LinkKind[] = ['symlink', 'junction'];
const anything: LinkAbilities = { reflink: true, symlink: true, hardlink: true, junction: true, codes: {} };
const nothing: LinkAbilities = { reflink: false, symlink: false, hardlink: false, junction: false, codes: {} };
/** Of FAT and exFAT, as Linux numbers them: they have no links of any kind. */
const WITHOUT_LINKS = new Set([0x4d44, 0x2011bab0]);

/**
 * @internal Symlinks need no look at the drive. Any other wish is compared with where the two are and what the drive is said
 * to be. Nothing is tried out: a plan leaves no file in an app's folder, not even when its process is killed. What the system
 * refuses when the link is made gives way to the next one.
 */
export function createStrategyChooser(options: ChooserOptions): StrategyChooser {
  const { fileSystem, linking, canReadBytes } = options;
  const isPlain = linking === undefined && options.order === null;
  const order =
    linking?.prefer === undefined
      ? (options.order ?? DEFAULT_ORDER)
      : [linking.prefer, ...(options.order ?? DEFAULT_ORDER)];
  const places = new Map<string, Promise<{ readonly can: LinkAbilities; readonly device: string }>>();
  const choices = new Map<string, StrategyChoice>();

  const lookAt = async (deepest: string): Promise<{ can: LinkAbilities; device: string }> => {
    const folder = await whatIsThere(fileSystem, deepest);
    const { device } = await fileSystem.stat(folder);
    const { typeId } = await fileSystem.statfs(folder);
    return { can: WITHOUT_LINKS.has(typeId) ? nothing : anything, device };
  };

  const atOnce = (file: PlacedFile): readonly LinkKind[] | null => {
    if (file.origin === 'written') return WRITTEN;
    if (file.origin === 'store') return IN_STORE;
    if (isPlain) return file.leadsTo === 'file' ? FILES : FOLDERS;
    return null;
  };

  return {
    atOnce,
    async choose(file, view) {
      const chosen = atOnce(file);
      if (chosen !== null) return chosen;
      const known = places.get(view.deepest) ?? lookAt(view.deepest);
      places.set(view.deepest, known);
      const { can, device } = await known;
      const source = await fileSystem.stat(file.source);
      const isSameDrive = source.device === device;
      const key = JSON.stringify([view.path, file.leadsTo, isSameDrive]);
      let choice = choices.get(key);
      if (choice === undefined) {
        const able = canReadBytes ? can : { ...can, reflink: false };
        const situation = { ...linking, kind: file.leadsTo, isSameDrive, isNetworkFolder: isNetworkPath(file.source) };
        const { chosen, refused } = chooseLink({ ...situation, abilities: able });
        const usable = chosen.filter(({ strategy }) => canReadBytes || strategy !== 'copy');
        const rank = ({ strategy }: LinkChoice): number => order.indexOf(strategy);
        const sorted = usable.toSorted((left, right) => rank(left) - rank(right));
        choice = { folder: view.path, kind: file.leadsTo, isSameDrive, chosen: sorted, refused };
        choices.set(key, choice);
      }
      return choice.chosen.map(({ strategy }) => strategy);
    },
    choices: () => [...choices.values()],
  };
}

/** A folder of links that config files lead to is made by the run. */
async function whatIsThere(fileSystem: ChooserOptions['fileSystem'], folder: string): Promise<string> {
  try {
    await fileSystem.stat(folder);
    return folder;
  } catch (error) {
    const above = dirname(folder);
    if (systemCodeOf(error) !== 'ENOENT' || above === folder) throw error;
    return whatIsThere(fileSystem, above);
  }
}

/** A share of Windows: a junction cannot lead there. */
function isNetworkPath(path: string): boolean {
  return /^(?:\\\\|\/\/)(?![?.][\\/])/u.test(path);
}
