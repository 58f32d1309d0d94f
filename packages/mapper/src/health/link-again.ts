import { join } from 'node:path';
import { markText } from '../links/link-mark.ts';
import type { MapperContext } from '../mapper-context.ts';
import { checkSource } from '../plan/verify-source.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';

/** @internal The change that makes one link good again: to where the library has its content now, else it goes. */
export async function linkAgain(
  { library, fileSystem }: MapperContext,
  link: RegisteredLink,
  signal: AbortSignal | undefined,
): Promise<LinkChange> {
  const { target, fileSha256, leadsTo } = link;
  const remove: LinkChange = { target, before: link, after: null };
  const [model] = await library.modelsById([link.modelId], { signal });
  if (model === undefined) return remove;
  const { record, folder } = model;
  /* What is written, and a link within a store, need nothing of the library but the model. */
  if (link.content !== null || (leadsTo === 'file' && fileSha256 === null))
    return { target, before: link, after: { ...link, slug: record.slug } };
  const files = record.files.map(({ at, name, sha256 }) => ({ path: join(folder, at ?? name), sha256 }));
  const file =
    files.find(({ path, sha256 }) => sha256 === fileSha256 && path === link.source) ??
    files.find(({ sha256 }) => sha256 === fileSha256) ??
    files.find(({ path }) => path === link.source);
  const source = leadsTo === 'folder' ? folder : file?.path;
  if (source === undefined) return remove;
  const found = await checkSource(fileSystem, { folder, source, leadsTo });
  if ('reason' in found) return found.reason.code === 'source-missing' ? waiting(link) : remove;
  const { device, inode, sizeBytes } = found.status;
  const sha256 = file?.sha256;
  const mark = leadsTo === 'folder' ? null : markText({ device, inode, sizeBytes, sha256 });
  return { target, before: link, after: { ...link, source, mark, slug: record.slug, fileSha256: sha256 ?? null } };
}

/** The drive of the library may be connected again: a link that leads there then is left as it is. */
function waiting(link: RegisteredLink): LinkChange {
  return { target: link.target, before: link, after: link };
}
