import type { Migration } from '@modelkeep/sqlite';

/**
 * What is known of files outside the library: their hashes, by what tells that they were not changed since, and of each
 * folder whether anything in it was. All of it belongs to one machine, and can be lost: then files are read again.
 */
export const scanMigrations: Migration = {
  namespace: 'scan',
  steps: [
    `create table scan_files (
       machine text not null,
       path text not null,
       folder text not null,
       device text not null,
       inode text not null,
       size_bytes integer not null,
       mtime_ms real not null,
       sha256 text not null,
       adopted_sha256 text,
       primary key (machine, path)
     ) without rowid;
     create index scan_files_by_folder on scan_files (machine, folder);
     create index scan_files_by_inode on scan_files (machine, inode, size_bytes);
     create table scan_folders (
       machine text not null,
       path text not null,
       digest text not null,
       primary key (machine, path)
     ) without rowid;
     create table scan_roots (
       machine text not null,
       path text not null,
       primary key (machine, path)
     ) without rowid;`,
    // Folders are looked at once more, so that duplicates found before are noted as well; no file is read for it.
    `alter table scan_files add column duplicate_of text;
     create index scan_duplicates on scan_files (machine, path) where duplicate_of is not null;
     delete from scan_folders;`,
    // Contents that have the same tensors, as far as a sample of them tells. They stay when their files are gone.
    `create table scan_tensors (
       machine text not null,
       sample text not null,
       sha256 text not null,
       primary key (machine, sample, sha256)
     ) without rowid;
     create index scan_tensors_by_content on scan_tensors (machine, sha256);`,
  ],
};
