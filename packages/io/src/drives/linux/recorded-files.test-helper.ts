import type { SystemFiles } from '../system-files.ts';

/** What a machine's `/proc` and `/sys` held. */
export interface RecordedFiles {
  /** Of `/proc/self/mountinfo`. */
  readonly mountTable: string;
  /** Where links lead: from an absolute path to another one. */
  readonly links: Readonly<Record<string, string>>;
  /** Files by path. */
  readonly texts: Readonly<Record<string, string>>;
  /** Folders whose names are links, such as `slaves`. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
}

/** A record as the port that is read from. */
export function recordedFiles(record: RecordedFiles): SystemFiles {
  const { links, texts, folders = {} } = record;
  const paths = [...Object.keys(texts), ...Object.keys(folders), ...Object.values(links)];
  return {
    readText: async (path) => (path === '/proc/self/mountinfo' ? record.mountTable : texts[path]),
    realpath: async (path) => {
      const target = links[path] ?? path;
      return paths.some((known) => known === target || known.startsWith(`${target}/`)) ? target : undefined;
    },
    list: async (path) => folders[path] ?? [],
  };
}

/** What `/sys` tells of a disk. */
export interface RecordedDisk {
  readonly path: string;
  readonly rotational: '0' | '1';
  readonly removable?: '0' | '1';
  readonly texts?: Readonly<Record<string, string>>;
}

/** The files of a disk, with the line feeds that the kernel puts behind each value. */
export function diskTexts({ path, rotational, removable = '0', texts = {} }: RecordedDisk): Record<string, string> {
  const values = { 'queue/rotational': rotational, removable, ...texts };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${path}/${name}`, `${value}\n`]));
}

/** A `st_dev` in decimal text from `<major>:<minor>`, as Linux encodes it. */
export function deviceIdOf(device: string): string {
  const [major = 0n, minor = 0n] = device.split(':').map(BigInt);
  const low = (minor & 0xffn) | ((major & 0xfffn) << 8n);
  return String(low | ((minor & ~0xffn) << 12n) | ((major & ~0xfffn) << 32n));
}
