import { posix, win32 } from 'node:path';

/**
 * @internal Where the data of apps is kept for this user: `XDG_DATA_HOME`, else `~/.local/share`, on macOS
 * `~/Library/Application Support`, on Windows `LOCALAPPDATA`; in it a folder of ours. Undefined where the environment does not say.
 */
export function appDataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const named = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  if (platform === 'win32') {
    const local = named('LOCALAPPDATA');
    return local === undefined || !win32.isAbsolute(local) ? undefined : win32.join(local, 'modelkeep');
  }
  const home = named('HOME');
  const shared = platform === 'darwin' ? ['Library', 'Application Support'] : ['.local', 'share'];
  const base =
    (platform === 'darwin' ? undefined : named('XDG_DATA_HOME')) ??
    (home === undefined ? undefined : posix.join(home, ...shared));
  return base === undefined || !posix.isAbsolute(base) ? undefined : posix.join(base, 'modelkeep');
}
