import { basename } from 'node:path';
import { foldName } from '../app/safe-names.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { groupedInTurns, inTurns, sortedInTurns } from '../support/in-turns.ts';
import { candidateNames } from './candidate-names.ts';
import type { LinkReason } from './link-reason.ts';
import type { Placement } from './placement.ts';

/** @internal A placement and its name, or why it gets none. */
export type NamedPlacement =
  | { readonly placement: Placement; readonly name: string; readonly reason: null }
  | { readonly placement: Placement; readonly name: null; readonly reason: LinkReason };

interface Claim {
  readonly placement: Placement;
  /** Its place among the placements. */
  readonly at: number;
  /** The name that the model has in the app now; null when it has none, or one that it would never get. */
  readonly registeredName: string | null;
  /** 0: it has the wanted name; 1: it has another one; 2: it has none. */
  readonly precedence: 0 | 1 | 2;
}

/** Who has a name: by folder, and by the folded name in it. */
type TakenNames = Map<string, Map<string, Placement>>;

/**
 * @internal Gives each placement of an app a name that is unique in its folder, also where case does not count. A model
 * that is linked keeps its name, because workflows refer to it; among the others the one that was imported first gets
 * the plain name and later ones a part of their digest. The same content under the same name is linked once.
 *
 * @returns in the order of the placements
 */
export async function assignNames(
  placements: readonly Placement[],
  registered: readonly RegisteredLink[],
): Promise<readonly NamedPlacement[]> {
  const linksByModel = await groupedInTurns(registered, ({ modelId }) => modelId);
  const claims: Claim[] = [];
  for await (const some of inTurns(placements)) {
    for (const placement of some) {
      const links = linksByModel.size === 0 ? undefined : linksByModel.get(placement.model.record.id);
      claims.push(claimOf({ placement, links, at: claims.length }));
    }
  }
  const taken: TakenNames = new Map();
  const named = Array.from<NamedPlacement>({ length: placements.length });
  for await (const some of inTurns(await sortedInTurns(claims, byPrecedence)))
    for (const claim of some) named[claim.at] = nameFor(claim, taken);
  return named;
}

function claimOf({
  placement,
  links,
  at,
}: Pick<Claim, 'placement' | 'at'> & { readonly links: readonly RegisteredLink[] | undefined }): Claim {
  const name = links === undefined ? null : nameInApp(placement, links);
  if (name === placement.baseName) return { placement, at, registeredName: name, precedence: 0 };
  if (name === null || !namesOf(placement).includes(name))
    return { placement, at, registeredName: null, precedence: 2 };
  return { placement, at, registeredName: name, precedence: 1 };
}

function nameFor({ placement, registeredName }: Claim, taken: TakenNames): NamedPlacement {
  const { folder, digest, baseName } = placement;
  const inFolder = takenIn(taken, folder);
  const give = (name: string): NamedPlacement | null => {
    const key = foldName(name);
    const holder = inFolder.get(key);
    if (holder === undefined) {
      inFolder.set(key, placement);
      return { placement, name, reason: null };
    }
    if (holder.digest !== digest || foldName(holder.baseName) !== foldName(baseName)) return null;
    const message = `the same content is linked under this name from ${holder.model.record.slug}`;
    return { placement, name: null, reason: { code: 'same-content', message } };
  };

  const wanted = give(registeredName ?? baseName);
  if (wanted !== null) return wanted;
  for (const name of namesOf(placement)) {
    const given = give(name);
    if (given !== null) return given;
  }
  return { placement, name: null, reason: { code: 'no-free-name', message: `other models have the name ${baseName}` } };
}

/** Folders whose names differ only in case share their names. */
function takenIn(taken: TakenNames, folder: string): Map<string, Placement> {
  const known = taken.get(folder);
  if (known !== undefined) return known;
  const folded = foldName(folder);
  const names = taken.get(folded) ?? new Map<string, Placement>();
  taken.set(folded, names).set(folder, names);
  return names;
}

function namesOf(placement: Placement): readonly string[] {
  return candidateNames({
    ...placement,
    isFile: placement.files[0]?.leadsTo === 'file' && !isFolderOfLinks(placement),
  });
}

/** Linked models first, and among them those that have the wanted name; then by the time of the import. */
function byPrecedence(left: Claim, right: Claim): number {
  const first = left.placement.model.record;
  const second = right.placement.model.record;
  return (
    left.precedence - right.precedence || compare(first.importedAt, second.importedAt) || compare(first.id, second.id)
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Whether the links of a placement are in a folder of their own. */
function isFolderOfLinks({ files }: Placement): boolean {
  return files.some(({ nameInFolder }) => nameInFolder !== null);
}

function nameInApp(placement: Placement, links: readonly RegisteredLink[]): string | null {
  const { folder, files } = placement;
  for (const link of links) {
    const isOurs = files.some(
      ({ source, fileSha256 }) => link.source === source || (fileSha256 !== null && link.fileSha256 === fileSha256),
    );
    if (!isOurs) continue;
    if (link.folder === folder) return basename(link.target);
    if (link.folder.startsWith(`${folder}/`)) return link.folder.slice(folder.length + 1).split('/')[0] ?? null;
  }
  return null;
}
