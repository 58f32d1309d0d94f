/** @internal One line that `mount` prints on macOS. */
export interface MacMount {
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** @internal Reads lines such as `/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)`. */
export function parseMountList(text: string): readonly MacMount[] {
  return text.split('\n').flatMap((line) => {
    // A source may hold " on /" too: the last one is before the mount point.
    const [, source = '', mountPoint = '', words = ''] = /^(.+) on (\/.*) \(([^()]+)\)$/.exec(line) ?? [];
    const [type = '', ...options] = words.split(', ');
    return type === '' ? [] : [{ source, mountPoint, type, options }];
  });
}
