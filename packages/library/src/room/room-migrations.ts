import type { Migration } from '@modelkeep/sqlite';

/** When models were used on this machine. It can be lost: then they count as used when they came. */
export const roomMigrations: Migration = {
  namespace: 'room',
  steps: [
    `create table model_use (
       machine text not null,
       model_id text not null,
       used_at_ms integer not null,
       uses integer not null,
       primary key (machine, model_id)
     ) without rowid;`,
  ],
};
