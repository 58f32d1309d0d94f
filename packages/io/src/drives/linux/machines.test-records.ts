import { diskTexts, type RecordedFiles } from './recorded-files.test-helper.ts';

const pci = '/sys/devices/pci0000:00';
const nvme = `${pci}/0000:00:06.0/0000:02:00.0/nvme/nvme0/nvme0n1`;
const sda = `${pci}/0000:00:17.0/ata3/host2/target2:0:0/2:0:0:0/block/sda`;
const sdb = `${pci}/0000:00:17.0/ata4/host3/target3:0:0/3:0:0:0/block/sdb`;
const stick = `${pci}/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdc`;
const card = `${pci}/0000:00:1c.0/0000:03:00.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0`;
const virtual = '/sys/devices/virtual/block';

/** A desktop: an NVMe with the system, a hard disk, a stick, a card, LUKS on LVM, a RAID of two hard disks, shares. */
export const desktop: RecordedFiles = {
  mountTable: `22 29 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
31 29 0:26 / /tmp rw,nosuid,nodev shared:14 - tmpfs tmpfs rw,size=16384000k,inode64
98 29 259:1 / /boot/efi rw,relatime shared:30 - vfat /dev/nvme0n1p1 rw,fmask=0077,dmask=0077,codepage=437,iocharset=iso8859-1,shortname=mixed,errors=remount-ro
101 29 8:1 / /mnt/big rw,relatime shared:32 - ext4 /dev/sda1 rw
104 29 8:33 / /media/ada/MY\\040STICK rw,nosuid,nodev,relatime shared:40 - exfat /dev/sdc1 rw,uid=1000,gid=1000,fmask=0022,dmask=0022,iocharset=utf8,errors=remount-ro
105 29 179:1 / /media/ada/card ro,nosuid,nodev,relatime shared:41 - vfat /dev/mmcblk0p1 ro,uid=1000,gid=1000
107 29 253:1 / /home rw,relatime shared:44 - xfs /dev/mapper/vg0-home rw,attr2,inode64
110 29 9:0 / /srv/array rw,relatime shared:50 - ext4 /dev/md0 rw,stripe=256
112 29 0:52 / /mnt/nas rw,relatime shared:60 - nfs4 nas:/export/models rw,vers=4.2,rsize=1048576,wsize=1048576,hard,proto=tcp,sec=sys,addr=192.168.1.4
113 29 0:53 / /mnt/share\\011tab rw,relatime shared:61 - cifs //nas/models rw,vers=3.1.1,cache=strict,username=ada,addr=192.168.1.4
114 29 0:54 / /mnt/ssh rw,nosuid,nodev,relatime shared:62 - fuse.sshfs ada@server:/models rw,user_id=1000,group_id=1000
115 29 0:55 / /mnt/merged rw,relatime shared:63 - fuse.mergerfs a:b rw,user_id=0,group_id=0,allow_other
116 29 8:17 / /mnt/windows ro,relatime shared:64 - fuseblk /dev/sdb1 rw,user_id=0,group_id=0,allow_other,blksize=4096
118 29 7:3 / /mnt/image rw,relatime shared:66 - vfat /dev/loop3 rw
119 29 8:1 /models /data/models ro,relatime shared:32 - ext4 /dev/sda1 rw
120 29 0:60 / /run/user/1000/gvfs rw,nosuid,nodev,relatime shared:70 - fuse.gvfsd-fuse gvfsd-fuse rw,user_id=1000,group_id=1000
121 29 8:1 / /hidden/below rw,relatime shared:71 - ext4 /dev/sda1 rw
122 29 259:2 /overlaid /hidden rw,relatime shared:72 - ext4 /dev/nvme0n1p2 rw
not a mount at all
123 29 x:y / /odd rw - ext4 /dev/sda1 rw
`,
  links: {
    '/sys/dev/block/259:2': `${nvme}/nvme0n1p2`,
    '/sys/dev/block/259:1': `${nvme}/nvme0n1p1`,
    '/sys/dev/block/8:1': `${sda}/sda1`,
    '/sys/dev/block/8:17': `${sdb}/sdb1`,
    '/sys/dev/block/8:33': `${stick}/sdc1`,
    '/sys/dev/block/179:1': `${card}/mmcblk0p1`,
    '/sys/dev/block/253:1': `${virtual}/dm-1`,
    '/sys/class/block/dm-0': `${virtual}/dm-0`,
    '/sys/class/block/nvme0n1p3': `${nvme}/nvme0n1p3`,
    '/sys/dev/block/9:0': `${virtual}/md0`,
    '/sys/class/block/sda2': `${sda}/sda2`,
    '/sys/class/block/sdb2': `${sdb}/sdb2`,
    '/sys/dev/block/7:3': `${virtual}/loop3`,
  },
  folders: {
    [`${virtual}/dm-1/slaves`]: ['dm-0'],
    [`${virtual}/dm-0/slaves`]: ['nvme0n1p3'],
    [`${virtual}/md0/slaves`]: ['sda2', 'sdb2'],
  },
  texts: {
    ...diskTexts({ path: nvme, rotational: '0', texts: { wwid: 'eui.0025388b91b3f4c7' } }),
    ...diskTexts({ path: sda, rotational: '1', texts: { 'device/wwid': 'naa.5000c500a1b2c3d4' } }),
    ...diskTexts({ path: sdb, rotational: '1', texts: { 'device/wwid': 't10.ATA     WDC WD40EFRX' } }),
    ...diskTexts({ path: stick, rotational: '1', removable: '1', texts: { 'device/vendor': 'SanDisk ' } }),
    ...diskTexts({ path: card, rotational: '0', texts: { 'device/type': 'SD' } }),
    [`${nvme}/nvme0n1p1/partition`]: '1\n',
    [`${nvme}/nvme0n1p2/partition`]: '2\n',
    [`${nvme}/nvme0n1p3/partition`]: '3\n',
    [`${sda}/sda1/partition`]: '1\n',
    [`${sda}/sda2/partition`]: '2\n',
    [`${sdb}/sdb1/partition`]: '1\n',
    [`${sdb}/sdb2/partition`]: '2\n',
    [`${stick}/sdc1/partition`]: '1\n',
    [`${card}/mmcblk0p1/partition`]: '1\n',
    [`${virtual}/loop3/loop/backing_file`]: '/mnt/big/image.img\n',
    [`${virtual}/loop3/queue/rotational`]: '0\n',
  },
};

/** A server: btrfs over two hard disks with a subvolume, ZFS, the layers of containers as their host sees them. */
export const server: RecordedFiles = {
  mountTable: `29 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
40 29 0:35 /@models /srv/models rw,noatime shared:20 - btrfs /dev/sda3 rw,space_cache=v2,subvolid=256,subvol=/@models
41 29 0:36 / /tank rw,xattr,noacl shared:21 - zfs tank/models rw,xattr,noacl
42 29 0:70 / /var/lib/docker/overlay2/abc/merged rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X,upperdir=/var/lib/docker/overlay2/abc/diff,workdir=/var/lib/docker/overlay2/abc/work
`,
  links: {
    '/sys/dev/block/8:2': `${sda}/sda2`,
    '/dev/sda3': '/dev/sda3',
    '/sys/class/block/sda3': `${sda}/sda3`,
    '/sys/class/block/sdb1': `${sdb}/sdb1`,
  },
  folders: {
    '/sys/fs/btrfs': ['features', '5f8d7c1e-0f4b-4f5c-9d57-2f3c6c1b9a10'],
    '/sys/fs/btrfs/features': ['raid56', 'zstd'],
    '/sys/fs/btrfs/5f8d7c1e-0f4b-4f5c-9d57-2f3c6c1b9a10/devices': ['sda3', 'sdb1'],
  },
  texts: {
    ...diskTexts({ path: sda, rotational: '0', texts: { 'device/wwid': 'naa.55cd2e404b7a1c01' } }),
    ...diskTexts({ path: sdb, rotational: '1', texts: { 'device/wwid': 'naa.5000c500a1b2c3d4' } }),
    [`${sda}/sda2/partition`]: '2\n',
    [`${sda}/sda3/partition`]: '3\n',
    [`${sdb}/sdb1/partition`]: '1\n',
    '/dev/sda3': '',
  },
};

/** Inside a container: the overlay names folders of the host, and a volume is bound in. */
export const container: RecordedFiles = {
  mountTable: `612 540 0:70 / / rw,relatime master:300 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X,upperdir=/var/lib/docker/overlay2/abc/diff,workdir=/var/lib/docker/overlay2/abc/work
613 612 0:75 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
620 612 259:2 /srv/models /models rw,relatime - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
`,
  links: { '/sys/dev/block/259:2': `${nvme}/nvme0n1p2` },
  texts: { ...diskTexts({ path: nvme, rotational: '0' }), [`${nvme}/nvme0n1p2/partition`]: '2\n' },
};

const hyperV = '/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/f8b3781a/host0/target0:0:0/0:0:0:2/block/sdc';

/** WSL 2: its own disk is one of Hyper-V, the drives of Windows are reached over 9p. */
export const wsl: RecordedFiles = {
  mountTable: `80 71 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro,data=ordered
70 80 0:55 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\134;uid=1000;gid=1000;symlinkroot=/mnt/,mmap,access=client,msize=65536,trans=fd,rfd=5,wfd=5
90 80 252:0 / /mnt/zram rw,relatime - ext4 /dev/zram0 rw
`,
  links: { '/sys/dev/block/8:32': hyperV, '/sys/dev/block/252:0': `${virtual}/zram0` },
  texts: {
    ...diskTexts({
      path: hyperV,
      rotational: '1',
      texts: { 'device/vendor': 'Msft    ', 'device/model': 'Virtual Disk' },
    }),
    ...diskTexts({ path: `${virtual}/zram0`, rotational: '0' }),
  },
};

const vda = `${pci}/0000:00:02.0/virtio1/block/vda`;

/** A virtual machine of KVM, as the tests of this repository were first run on: its disk says that it rotates. */
export const virtualMachine: RecordedFiles = {
  mountTable: `22 27 0:21 / /proc rw,relatime - proc proc rw
24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334492k,nr_inodes=3083623,mode=755
25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,resv_strict,resuid=65534,resgid=65534
30 25 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k
42 27 7:0 / /tmp/mt rw,relatime - ext4 /dev/loop0 rw
`,
  links: { '/sys/dev/block/254:0': vda, '/sys/dev/block/7:0': `${virtual}/loop0` },
  texts: {
    ...diskTexts({ path: vda, rotational: '1' }),
    ...diskTexts({ path: `${virtual}/loop0`, rotational: '0' }),
    [`${virtual}/loop0/loop/backing_file`]: '/tmp/mt.img (deleted)\n',
  },
};
