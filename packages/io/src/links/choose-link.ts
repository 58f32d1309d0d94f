import type { LinkAbilities } from './probe-links.ts';
import type { LinkChoice, LinkReason, LinkRefusal, LinkRefusalReason, LinkStrategy } from './link-strategy.ts';

/** What is known of the app that will find the link. */
export interface LinkPolicy {
  /** It writes into the file, such as a header that it edits. @default false */
  readonly appWrites?: boolean | undefined;
  /** It may not read outside its own folders: a sandbox, a container, a package of a store. @default false */
  readonly appIsConfined?: boolean | undefined;
  /** It passes over links that lead elsewhere. @default false */
  readonly appIgnoresLinks?: boolean | undefined;
  /** Whether the bytes may be stored once more where nothing else works. @default false */
  readonly allowCopy?: boolean | undefined;
}

/** What decides how a link can be made. */
export interface LinkSituation extends LinkPolicy {
  readonly kind: 'file' | 'folder';
  /** Whether what is linked and the folder of the link are on one drive. */
  readonly isSameDrive: boolean;
  /** Whether what is linked lies on another machine. @default false */
  readonly isNetworkFolder?: boolean | undefined;
  /** Of the folder of the link. */
  readonly abilities: LinkAbilities;
}

/** Every strategy, in the one list or the other. */
export interface LinkChoices {
  /** The best one first. */
  readonly chosen: readonly LinkChoice[];
  readonly refused: readonly LinkRefusal[];
}

/** Nothing that happens to the one reaches the other; then what leads there; then what is there; room is spent last. */
const ORDER: readonly (readonly [LinkStrategy, LinkReason])[] = [
  ['reflink', 'independent'],
  ['symlink', 'leads-there'],
  ['junction', 'needs-no-rights'],
  ['hardlink', 'same-file'],
  ['copy', 'copy-allowed'],
];

/** What a system answers when it is the user who may not, and not the drive that cannot. */
const RIGHTS_CODES = new Set(['EPERM', 'EACCES']);

/**
 * Says for each strategy whether it may be used, why, and in which order.
 *
 * @example
 * ```ts
 * import { chooseLink, nodeFileSystem, probeLinks } from '@modelkeep/io';
 *
 * const abilities = await probeLinks(nodeFileSystem, '/apps/ComfyUI/models/loras');
 * const { chosen, refused } = chooseLink({ kind: 'file', isSameDrive: false, abilities, appWrites: true });
 * console.log(chosen[0]?.strategy, refused);
 * ```
 */
export function chooseLink(situation: LinkSituation): LinkChoices {
  const chosen: LinkChoice[] = [];
  const refused: LinkRefusal[] = [];
  for (const [strategy, reason] of ORDER) {
    const refusal = refusalOf(strategy, situation);
    if (refusal === null) chosen.push({ strategy, reason });
    else refused.push({ strategy, ...refusal });
  }
  return { chosen, refused };
}

function refusalOf(strategy: LinkStrategy, situation: LinkSituation): Omit<LinkRefusal, 'strategy'> | null {
  const { kind, isSameDrive, appWrites = false, appIsConfined = false, appIgnoresLinks = false } = situation;
  const isLead = strategy === 'symlink' || strategy === 'junction';
  const reasons: readonly (readonly [boolean, LinkRefusalReason])[] = [
    [strategy === 'junction' && kind === 'file', 'files-cannot'],
    [!isLead && kind === 'folder', 'folders-cannot'],
    [isLead && appIsConfined, 'app-is-confined'],
    [isLead && appIgnoresLinks, 'app-ignores-links'],
    [isLead && appWrites, 'app-writes'],
    [strategy === 'hardlink' && appWrites, 'app-writes'],
    [strategy === 'junction' && situation.isNetworkFolder === true, 'network-folder'],
    [(strategy === 'reflink' || strategy === 'hardlink') && !isSameDrive, 'another-drive'],
    [strategy === 'copy' && situation.allowCopy !== true, 'copy-not-allowed'],
  ];
  const reason = reasons.find(([applies]) => applies)?.[1];
  if (reason !== undefined) return { reason };
  if (strategy === 'copy' || situation.abilities[strategy]) return null;
  const systemCode = situation.abilities.codes[strategy];
  const isRights = strategy === 'symlink' && RIGHTS_CODES.has(systemCode ?? '');
  return { reason: isRights ? 'no-rights' : 'drive-cannot', systemCode };
}
