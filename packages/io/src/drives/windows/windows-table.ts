/** @internal A volume, where it is seen, and the disk below. */
export interface WindowsVolume {
  /** With a backslash at the end, such as `C:\` or `D:\mounts\models\`. */
  readonly accessPaths: readonly string[];
  readonly fileSystem: string;
  readonly isRemovable: boolean;
  readonly readOnly: boolean;
  readonly diskNumber: string;
  readonly diskId: string;
  readonly mediaType: 'ssd' | 'hdd' | 'unknown';
}

/** @internal A letter that stands for a share. */
export interface WindowsShare {
  readonly letter: string;
  readonly share: string;
  readonly fileSystem: string;
}

/** @internal What the script tells. */
export interface WindowsTable {
  readonly volumes: readonly WindowsVolume[];
  readonly shares: readonly WindowsShare[];
}

type Row = Readonly<Record<string, unknown>>;

/** @internal Reads the script's JSON; what is not as expected is left out. @throws SyntaxError when it is no JSON */
export function parseWindowsTable(json: string): WindowsTable {
  const found = asRow(JSON.parse(json));
  const volumes = rowsOf(found['volumes']);
  const disks = rowsOf(found['disks']);
  return {
    volumes: rowsOf(found['partitions']).flatMap((partition) => {
      const accessPaths = textsOf(partition['AccessPaths']);
      const volume = volumes.find(({ UniqueId }) => accessPaths.includes(textOf(UniqueId)));
      const diskNumber = textOf(partition['DiskNumber']);
      const disk = disks.find(({ DeviceId }) => textOf(DeviceId) === diskNumber) ?? {};
      if (volume === undefined) return [];
      return [
        {
          accessPaths,
          fileSystem: textOf(volume['FileSystem']),
          isRemovable: isRemovable(volume, disk),
          readOnly: partition['IsReadOnly'] === true,
          diskNumber,
          diskId: textOf(disk['UniqueId']).trim(),
          mediaType: mediaTypeOf(disk),
        },
      ];
    }),
    shares: rowsOf(found['shares']).map((row) => ({
      letter: textOf(row['DeviceID']),
      share: textOf(row['ProviderName']),
      fileSystem: textOf(row['FileSystem']),
    })),
  };
}

/** Text or number, as the version of PowerShell has it: MSFT_PhysicalDisk.MediaType 3 is a hard disk, 4 an SSD, 5 SCM. */
function mediaTypeOf(disk: Row): WindowsVolume['mediaType'] {
  const type = textOf(disk['MediaType']).toLowerCase();
  // Disks of virtual machines may say what their maker has put in: file-backed and virtual buses know nothing.
  if (/^(?:14|15|file backed virtual|virtual)$/i.test(textOf(disk['BusType']))) return 'unknown';
  if (type === '4' || type === 'ssd' || type === '5' || type === 'scm') return 'ssd';
  return type === '3' || type === 'hdd' ? 'hdd' : 'unknown';
}

/** MSFT_Volume.DriveType 2 is removable; MSFT_PhysicalDisk.BusType 7 is USB, 12 SD, 13 MMC, 4 FireWire. */
function isRemovable(volume: Row, disk: Row): boolean {
  return (
    /^(?:2|removable)$/i.test(textOf(volume['DriveType'])) || /^(?:4|7|12|1394|usb|sd)$/i.test(textOf(disk['BusType']))
  );
}

function asRow(value: unknown): Row {
  return typeof value === 'object' && value !== null ? (value as Row) : {};
}

function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.map(asRow) : value === undefined || value === null ? [] : [asRow(value)];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)].filter((text) => text !== '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
