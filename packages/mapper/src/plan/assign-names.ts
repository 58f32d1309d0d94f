import { basename } from 'node:path';
import { foldName } from '../app/safe-names.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { groupedInTurns, inTurns, sortedInTurns } from '../support/in-turns.ts';
import { candidateNames } from './candidate-names.ts';
import type { LinkReason } from './link-reason.ts';
import { placedFiles } from './placed-files.ts';
import type { Placement } from './placement.ts';

/** @internal What a placement is called, or why it gets no name. */
export type GivenName = string | LinkReason;

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
): Promise<readonly GivenName[]> {
  const linksByModel = await groupedInTurns(registered, ({ modelId }) => modelId);
  /* The names that models have in the app now, without those that they would never get. */
  const names = new Map<Placement, string>();
  /* Linked models first, and among them those that have the wanted name. */
  const wanted: number[] = [];
  const others: number[] = [];
  const without: number[] = [];
  let at = 0;
  for await (const some of inTurns(placements)) {
    for (const placement of some) {
      const links = linksByModel.size === 0 ? undefined : linksByModel.get(placement.model.record.id);
      const name = links === undefined ? null : nameInApp(placement, links);
      if (name === placement.baseName) wanted.push(at);
      else if (name === null || !namesOf(placement).includes(name)) without.push(at);
      else {
        others.push(at);
        names.set(placement, name);
      }
      at += 1;
    }
  }
  const taken: TakenNames = new Map();
  const given = Array.from<GivenName>({ length: placements.length });
  const byAge = (left: number, right: number): number =>
    compareAges(placements[left] as Placement, placements[right] as Placement);
  for (const claims of [wanted, others, without]) {
    for await (const some of inTurns(await sortedInTurns(claims, byAge))) {
      for (const claim of some) {
        const placement = placements[claim] as Placement;
        given[claim] = nameFor(placement, { wanted: names.get(placement) ?? placement.baseName, taken });
      }
    }
  }
  return given;
}

/** What a name is given from. */
interface Claim {
  readonly wanted: string;
  readonly taken: TakenNames;
}

function nameFor(placement: Placement, { wanted, taken }: Claim): GivenName {
  const { folder, digest, baseName } = placement;
  const inFolder = takenIn(taken, folder);
  const give = (name: string): GivenName | null => {
    const key = foldName(name);
    const holder = inFolder.get(key);
    if (holder === undefined) {
      inFolder.set(key, placement);
      return name;
    }
    if (holder.digest !== digest || foldName(holder.baseName) !== foldName(baseName)) return null;
    const message = `the same content is linked under this name from ${holder.model.record.slug}`;
    return { code: 'same-content', message };
  };

  const first = give(wanted);
  if (first !== null) return first;
  for (const name of namesOf(placement)) {
    const given = give(name);
    if (given !== null) return given;
  }
  return { code: 'no-free-name', message: `other models have the name ${baseName}` };
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
    isFile: placement.links === 'file',
  });
}

/** By the time of the import. */
function compareAges({ model: { record: left } }: Placement, { model: { record: right } }: Placement): number {
  return compare(left.importedAt, right.importedAt) || compare(left.id, right.id);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function nameInApp(placement: Placement, links: readonly RegisteredLink[]): string | null {
  const { folder } = placement;
  const files = placedFiles(placement);
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
