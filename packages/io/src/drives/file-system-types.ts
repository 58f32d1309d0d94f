/** Types behind which another machine stands, or the host of a virtual one. */
const networkTypes = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'smb',
  'afpfs',
  'webdav',
  'davfs',
  'ncpfs',
  'afs',
  'ceph',
  'glusterfs',
  'lustre',
  'beegfs',
  'orangefs',
  'pvfs2',
  'gpfs',
  'gfs2',
  'ocfs2',
  'coda',
  '9p',
  'drvfs',
  'virtiofs',
  'vboxsf',
  'vmhgfs',
  'prl_fs',
  'fakeowner',
]);

/** What `fuse.<name>` reaches over a network. */
const networkFuse =
  /^(?:macfuse_|osxfuse_)?(?:sshfs|rclone|s3fs|s3ql|gcsfuse|goofys|blobfuse2?|davfs2?|curlftpfs|smbnetfs|gvfsd-fuse|glusterfs|ceph|juicefs|seaweedfs|vmhgfs-fuse|grpcfuse|mount-s3|onedriver|google-drive-ocamlfuse)$/;

const memoryTypes = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'rootfs']);

/** @internal Whether locks and caches of this type are another machine's affair. */
export function isNetworkType(type: string): boolean {
  if (networkTypes.has(type)) return true;
  return networkFuse.test(type.startsWith('fuse.') ? type.slice('fuse.'.length) : type);
}

/** @internal Whether a restart empties it. */
export function isMemoryType(type: string): boolean {
  return memoryTypes.has(type);
}

const insensitiveTypes = new Set(['vfat', 'msdos', 'exfat', 'fat', 'fat32', 'umsdos', 'refs', 'fuse.exfat']);
const sensitiveTypes = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'tmpfs', 'ramfs', 'ufs', 'reiserfs']);

/**
 * @internal Whether `a` and `A` are two files on this type. Null where an option of the mount, of the server or of a folder
 * decides: NTFS, ZFS, shares.
 */
export function isCaseSensitiveType(type: string, options: readonly string[]): boolean | null {
  const lower = type.toLowerCase();
  if (insensitiveTypes.has(lower)) return false;
  if (options.includes('nocase') || options.includes('case=lower')) return false;
  return sensitiveTypes.has(lower) && !options.includes('casefold') ? true : null;
}

/** @internal Types that round times of change to 2 seconds. exFAT stores hundredths, NTFS and the others less than that. */
export function hasCoarseTimes(type: string): boolean {
  return ['vfat', 'msdos', 'umsdos', 'fat', 'fat32', 'fat16', 'fat12'].includes(type.toLowerCase());
}
