import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startServerProcess } from '../server-process.ts';
import { freePort, nginxVersion, startNginx } from './nginx.ts';

/** A repo that the hub has: files on disk, which nginx serves, and texts. */
export interface BenchRepo {
  readonly id: string;
  readonly files: readonly { readonly path: string; readonly fromFile?: string; readonly text?: string }[];
}

/** The servers of a row, each in a process of its own. */
export interface Servers extends AsyncDisposable {
  /** Who sends the bytes. */
  readonly name: string;
  readonly isNginx: boolean;
  /** The folder of the bytes. */
  readonly filesUrl: string;
  /** The hub, undefined when no repos were asked for. */
  readonly hubUrl: string | undefined;
}

/** What {@link serve} serves. */
export interface ServeOptions {
  readonly root: string;
  /** An empty folder for what nginx writes. */
  readonly scratch: string;
  readonly repos?: readonly BenchRepo[];
}

/** Serves a folder, and a hub before it, by nginx; where that is not installed by programs of ours. */
export async function serve({ root, scratch, repos = [] }: ServeOptions): Promise<Servers> {
  await using stack = new AsyncDisposableStack();
  let hub: { hubUrl: string; cdnUrl: string } | undefined;
  if (repos.length > 0) {
    hub = stack.use(await startServerProcess<{ hubUrl: string; cdnUrl: string }>('hub', { repos })).ready;
  }
  const version = nginxVersion();
  if (version === undefined) {
    console.log(
      'nginx is not installed (Debian: apt-get install nginx): servers of our own send the bytes, and huggingface_hub is left out',
    );
    const files = stack.use(await startServerProcess<{ url: string }>('files', { root })).ready;
    return withEnd(stack.move(), { name: 'Node', isNginx: false, filesUrl: files.url, hubUrl: hub?.hubUrl });
  }
  const filesPort = await freePort();
  const port = await freePort();
  if (hub !== undefined) await linkObjects(hub, { root, repos });
  stack.use(await startNginx({ scratch, root, filesPort, ...(hub === undefined ? {} : { hub: { ...hub, port } }) }));
  return withEnd(stack.move(), {
    name: `nginx ${version}`,
    isNginx: true,
    filesUrl: `http://127.0.0.1:${filesPort}`,
    hubUrl: hub === undefined ? undefined : `http://127.0.0.1:${port}`,
  });
}

function withEnd(stack: AsyncDisposableStack, servers: Omit<Servers, keyof AsyncDisposable>): Servers {
  return { ...servers, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Puts the files where the hub's redirects lead. */
async function linkObjects(
  hub: { readonly hubUrl: string },
  { root, repos }: Omit<ServeOptions, 'scratch'>,
): Promise<void> {
  for (const { id, files = [] } of repos ?? []) {
    for (const { path, fromFile } of files) {
      if (fromFile === undefined) continue;
      const { headers } = await fetch(`${hub.hubUrl}/${id}/resolve/main/${path}`, { redirect: 'manual' });
      const link = join(root, new URL(headers.get('location') ?? '').pathname);
      await mkdir(dirname(link), { recursive: true });
      await symlink(fromFile, link);
    }
  }
}
