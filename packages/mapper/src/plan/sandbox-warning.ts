import { relative, sep } from 'node:path';
import type { PlanWarning } from './link-plan.ts';

/** @internal */
export interface SandboxWarningOptions {
  /** The app's own folder. */
  readonly appRoot: string;
  /** As people write the app's name. */
  readonly appName: string;
  /** Where links lead to. */
  readonly libraryRoots: Iterable<string>;
}

/**
 * @internal An app that came as a Flatpak or Snap sees its own folder, and others only by permission: a link to where it may not
 * look is a dead one. Such an app is known by where its data is: `~/.var/app/<id>` (flatpak-run(1)), and `~/snap/<name>`,
 * `/var/snap/<name>` or `/snap/<name>` (snapcraft's "data locations").
 */
export function sandboxWarnings({ appRoot, appName, libraryRoots }: SandboxWarningOptions): readonly PlanWarning[] {
  const sandbox = sandboxOf(appRoot);
  if (sandbox === null) return [];
  const outside = [...libraryRoots].filter((root) => !isBelow(sandbox.folder, root));
  return outside.map((root) => ({
    code: 'sandboxed',
    message: `${appName} runs in a ${sandbox.kind} and sees ${root} only by permission, else all links are dead for it: ${sandbox.permit(root)}`,
  }));
}

interface Sandbox {
  readonly kind: 'Flatpak' | 'Snap';
  /** What it sees without a permission. */
  readonly folder: string;
  readonly permit: (root: string) => string;
}

function sandboxOf(appRoot: string): Sandbox | null {
  const segments = appRoot.split(sep);
  const upTo = (count: number): string => segments.slice(0, count).join(sep);
  const flatpak = segments.findIndex((name, index) => name === '.var' && segments[index + 1] === 'app');
  const id = segments[flatpak + 2];
  if (flatpak !== -1 && id !== undefined) {
    const permit = (root: string): string => `run flatpak override --user --filesystem=${quoted(root)} ${id}`;
    return { kind: 'Flatpak', folder: upTo(flatpak + 3), permit };
  }
  const snap = segments.findIndex((name, index) => name === 'snap' && isSnapPlace(segments, index));
  const name = segments[snap + 1];
  if (snap === -1 || name === undefined) return null;
  const permit = (): string =>
    `keep the library below the home folder, in no folder that begins with a dot, or below /media, and connect ${name}:home or ${name}:removable-media`;
  return { kind: 'Snap', folder: upTo(snap + 2), permit };
}

/** `/snap/<name>`, `/var/snap/<name>`, `/home/<user>/snap/<name>`, `/root/snap/<name>`. */
function isSnapPlace(segments: readonly string[], index: number): boolean {
  const above = segments.slice(0, index).join('/');
  return above === '' || above === '/var' || above === '/root' || /^\/home\/[^/]+$/.test(above);
}

function isBelow(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`);
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
