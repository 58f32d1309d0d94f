import { extname, join } from 'node:path';
import type { ModelFile, ModelRecord } from '@modelkeep/core';
import { foldName, isSafeSegment } from '../app/safe-names.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry } from './link-plan.ts';
import type { PlannedLinks } from './plan-entries.ts';
import type { WantedLink } from './wanted-link.ts';

/** @internal */
export interface PreviewLinksOptions {
  /** The ends of names that the app shows, as its profile says. */
  readonly ends: readonly string[];
  readonly views: ReadonlyMap<string, FolderView>;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
}

/**
 * Only these names: `<stem>.png` is the one that AUTOMATIC1111 and Forge save a picture of the user's to, through a link, and
 * an image in a folder of embeddings is an embedding to them unless it is called so (modules/textual_inversion).
 */
const READ_ONLY_END = /^\.preview\.[a-z]+$/;

/**
 * @internal The picture of each model that is linked, under the name of its link. None where the user has one there, and
 * where the link is not ours: a picture comes and goes with it.
 */
export function createPreviewLinks(options: PreviewLinksOptions): (links: PlannedLinks) => readonly WantedLink[] {
  const { ends, views, registered } = options;
  const usable = ends.filter((end) => READ_ONLY_END.test(end));
  const taken = new Set<string>();
  const linkOf = (one: WantedLink, entry: LinkPlanEntry | undefined): WantedLink | null => {
    const { model, file, folder, viewFolder } = one;
    const picture = isOurs(entry) && isSingleFile(one) ? pictureOf(model.record) : undefined;
    const end = picture === undefined ? undefined : usable.find((each) => kindOf(each) === kindOf(picture.name));
    if (picture === undefined || end === undefined) return null;
    const stem = one.name.slice(0, one.name.length - extname(one.name).length);
    const name = `${stem}${end}`;
    const key = foldName(`${viewFolder}/${stem}`);
    if (taken.has(key) || !isSafeSegment(name)) return null;
    const view = views.get(viewFolder);
    if (view === undefined || hasPictureOfUser(view, { stem, ends, registered })) return null;
    taken.add(key);
    const source = join(model.folder, picture.at ?? picture.name);
    const { sha256: fileSha256, sizeBytes } = picture;
    return { model, folder, viewFolder, name, file: { ...file, source, fileSha256, sizeBytes, look: null } };
  };
  return ({ wanted, entries }) => {
    if (usable.length === 0) return [];
    return wanted.map((one, index) => linkOf(one, entries[index])).filter((link) => link !== null);
  };
}

function isOurs(entry: LinkPlanEntry | undefined): boolean {
  if (entry?.action === 'keep') return entry.reason === null;
  return entry?.action === 'create' || entry?.action === 'replace';
}

function isSingleFile({ file, name }: WantedLink): boolean {
  return (
    file.leadsTo === 'file' &&
    file.nameInFolder === null &&
    (file.origin ?? 'library') === 'library' &&
    !name.includes('/')
  );
}

/** The one that the library takes for it; else one that is named after the weights, `x.preview.png` or `x.png`, or the only one. */
function pictureOf({ files, preview }: ModelRecord): ModelFile | undefined {
  if (!files.some(isPicture)) return undefined;
  const pictures = files.filter(isPicture);
  const weights = files.find(({ role }) => role === 'weights')?.name ?? '';
  const stem = weights.slice(0, weights.length - extname(weights).length);
  const stemOf = ({ name }: ModelFile): string => name.slice(0, name.length - extname(name).length);
  return (
    pictures.find(({ name }) => name === preview) ??
    pictures.find((one) => foldName(stemOf(one)) === foldName(`${stem}.preview`)) ??
    pictures.find((one) => foldName(stemOf(one)) === foldName(stem)) ??
    (pictures.length === 1 ? pictures[0] : undefined)
  );
}

function isPicture({ role }: ModelFile): boolean {
  return role === 'preview';
}

function kindOf(name: string): string {
  const extension = extname(name).toLowerCase();
  return extension === '.jpg' ? '.jpeg' : extension;
}

function hasPictureOfUser(
  view: FolderView,
  { stem, ends, registered }: Pick<PreviewLinksOptions, 'ends' | 'registered'> & { readonly stem: string },
): boolean {
  return ends.some((end) =>
    (view.entries.get(foldName(`${stem}${end}`)) ?? []).some(({ name }) => !registered.has(join(view.path, name))),
  );
}
