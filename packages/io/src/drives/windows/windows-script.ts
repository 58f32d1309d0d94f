/**
 * @internal One call for all drives: PowerShell takes about a second to start. Properties are named one by one, and lists are
 * made lists, so that the JSON has the same shape for one disk and for many.
 */
export const windowsScript: string = [
  "$ErrorActionPreference = 'SilentlyContinue'",
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
  '$volumes = @(Get-Volume | Select-Object UniqueId, FileSystem, DriveType)',
  '$partitions = @(Get-Partition | Select-Object DiskNumber, AccessPaths, IsReadOnly)',
  '$disks = @(Get-PhysicalDisk | Select-Object DeviceId, MediaType, BusType, UniqueId)',
  "$shares = @(Get-CimInstance Win32_LogicalDisk -Filter 'DriveType = 4' | Select-Object DeviceID, ProviderName, FileSystem)",
  '@{ volumes = $volumes; partitions = $partitions; disks = $disks; shares = $shares } | ConvertTo-Json -Depth 4 -Compress',
].join('; ');
