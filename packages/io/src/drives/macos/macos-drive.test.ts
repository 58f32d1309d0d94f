import { describe, expect, it } from 'vitest';
import type { DriveInfo } from '../drive-info.ts';
import type { RunCommand } from '../system-files.ts';
import { createMacReader } from './macos-drive.ts';
import { parseFlatPlist } from './plist.ts';

const mounts = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
/dev/disk5s2 on /Volumes/Backup on / HDD (hfs, local, nodev, nosuid, journaled, noowners)
/dev/disk4s1 on /Volumes/STICK (msdos, local, nodev, nosuid, noowners, fskit)
/dev/disk6s1 on /Volumes/Image (apfs, local, nodev, nosuid, read-only, journaled)
//ada@nas.local/models on /Volumes/models (smbfs, nodev, nosuid, mounted by ada)
ada@server:/models on /Users/ada/ssh (macfuse_sshfs, nodev, nosuid, synchronous, mounted by ada)
`;

/** As `diskutil info -plist` prints it, shortened to what is looked at and some of what stands around it. */
const plist = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>AESHardware</key>
	<true/>
${body}
</dict>
</plist>
`;

const apfsData = plist(`	<key>APFSContainerReference</key>
	<string>disk3</string>
	<key>APFSPhysicalStores</key>
	<array>
		<dict>
			<key>APFSPhysicalStore</key>
			<string>disk0s2</string>
			<key>SolidState</key>
			<false/>
		</dict>
	</array>
	<key>BusProtocol</key>
	<string>Apple Fabric</string>
	<key>Ejectable</key>
	<false/>
	<key>FilesystemName</key>
	<string>APFS</string>
	<key>Internal</key>
	<true/>
	<key>ParentWholeDisk</key>
	<string>disk3</string>
	<key>RemovableMedia</key>
	<false/>
	<key>Size</key>
	<integer>494384795648</integer>
	<key>SolidState</key>
	<true/>`);

const hardDisk = plist(`	<key>BusProtocol</key>
	<string>SATA</string>
	<key>FilesystemName</key>
	<string>Case-sensitive Journaled HFS+</string>
	<key>Internal</key>
	<true/>
	<key>ParentWholeDisk</key>
	<string>disk5</string>
	<key>SolidState</key>
	<false/>`);

const stick = plist(`	<key>BusProtocol</key>
	<string>USB</string>
	<key>Ejectable</key>
	<true/>
	<key>FilesystemName</key>
	<string>MS-DOS FAT32</string>
	<key>Internal</key>
	<false/>
	<key>ParentWholeDisk</key>
	<string>disk4</string>
	<key>RemovableMedia</key>
	<true/>`);

const image = plist(`	<key>BusProtocol</key>
	<string>Disk Image</string>
	<key>Ejectable</key>
	<true/>
	<key>FilesystemName</key>
	<string>APFS</string>
	<key>Internal</key>
	<false/>
	<key>SolidState</key>
	<true/>`);

const answers: Readonly<Record<string, string>> = {
  '/dev/disk3s5': apfsData,
  '/dev/disk3s1s1': apfsData,
  '/dev/disk5s2': hardDisk,
  '/dev/disk4s1': stick,
  '/dev/disk6s1': image,
};

const asked: string[] = [];
const run: RunCommand = async ({ command, args }) => {
  if (command === '/sbin/mount') return mounts;
  const answer = answers[args.at(-1) ?? ''];
  if (answer === undefined) throw new Error('diskutil: no such disk');
  return answer;
};

const devices: Readonly<Record<string, string>> = {
  '/': '1',
  '/System/Volumes/Data': '2',
  '/Volumes/Backup on / HDD': '3',
  '/Volumes/STICK': '4',
  '/Volumes/Image': '5',
  '/Volumes/models': '6',
  '/Users/ada/ssh': '7',
};
const deviceOf = async (path: string): Promise<string | undefined> => {
  asked.push(path);
  return devices[path];
};

describe('the drive of a path on macOS', () => {
  const cases: readonly [string, string, string, Partial<DriveInfo>][] = [
    [
      'a home folder, which firmlinks lead to',
      '/Users/ada/models',
      '2',
      { mountPoint: '/System/Volumes/Data', kind: 'ssd', id: 'disk:disk0', readOnly: false, caseSensitive: false },
    ],
    ['the sealed system', '/usr/bin', '1', { mountPoint: '/', readOnly: true, kind: 'ssd' }],
    ['a stick', '/Volumes/STICK/a', '4', { kind: 'removable', removable: true, rotates: null, caseSensitive: false }],
    ['an image', '/Volumes/Image', '5', { kind: 'unknown', readOnly: true }],
    [
      'a share',
      '/Volumes/models/a',
      '6',
      { kind: 'network', id: 'share://ada@nas.local/models', fileSystemType: 'smbfs' },
    ],
    ['sshfs', '/Users/ada/ssh/a', '7', { kind: 'network' }],
  ];
  it.each(cases)('%s', async (_name, path, deviceId, expected) => {
    expect(await createMacReader({ run, deviceOf })({ path, deviceId })).toMatchObject({ deviceId, ...expected });
  });

  it('asks no share that does not answer', async () => {
    asked.length = 0;
    await createMacReader({ run, deviceOf })({ path: '/Users/ada', deviceId: '2' });
    expect(asked).not.toContain('/Volumes/models');
  });

  it('knows less where diskutil fails, and nothing without a mount', async () => {
    const failing: RunCommand = async (options) => {
      if (options.command === '/sbin/mount') return mounts;
      throw new Error('not permitted');
    };
    const drive = await createMacReader({ run: failing, deviceOf })({ path: '/Users/ada', deviceId: '2' });
    expect(drive).toMatchObject({ kind: 'unknown', rotates: null, id: 'disk:disk3s5' });
    const none = createMacReader({ run: async () => '', deviceOf });
    expect(await none({ path: '/Users/ada', deviceId: '2' })).toBeUndefined();
  });

  it('tells a hard disk with names that differ in case', async () => {
    const oneLine = async (options: Parameters<RunCommand>[0]): Promise<string> =>
      options.command === '/sbin/mount' ? '/dev/disk5s2 on /Volumes/HDD (hfs, local, journaled)\n' : run(options);
    const drive = await createMacReader({ run: oneLine, deviceOf: async () => '3' })({
      path: '/Volumes/HDD/x',
      deviceId: '3',
    });
    expect(drive).toMatchObject({ kind: 'hdd', rotates: true, caseSensitive: true, id: 'disk:disk5' });
  });
});

it('reads the outermost values of a property list, and its entities', () => {
  const values = parseFlatPlist(
    plist('<key>A &amp; B</key><string>&lt;x&gt;</string><key>N</key><integer>7</integer>'),
  );
  expect(Object.fromEntries(values)).toEqual({ AESHardware: true, 'A & B': '<x>', N: '7' });
});
