import type { CivitaiErrorFacts } from './facts/civitai-facts.ts';
import type { CoreErrorFacts, WorkersErrorFacts } from './facts/core-facts.ts';
import type { FleetErrorFacts } from './facts/fleet-facts.ts';
import type { HubErrorFacts } from './facts/hub-facts.ts';
import type { IoErrorFacts, TransferErrorFacts } from './facts/io-facts.ts';
import type { JobsErrorFacts } from './facts/jobs-facts.ts';
import type {
  FormatsErrorFacts,
  LibraryErrorFacts,
  MapperErrorFacts,
  SqliteErrorFacts,
  WorkflowErrorFacts,
} from './facts/library-facts.ts';
import type { NetworkErrorFacts } from './facts/network-facts.ts';
import type { PostgresErrorFacts } from './facts/postgres-facts.ts';

/** Every error code of modelkeep and the facts that come with it: the table that an app translates from. */
export interface ErrorFacts
  extends
    CoreErrorFacts,
    WorkersErrorFacts,
    NetworkErrorFacts,
    HubErrorFacts,
    CivitaiErrorFacts,
    IoErrorFacts,
    TransferErrorFacts,
    SqliteErrorFacts,
    FormatsErrorFacts,
    LibraryErrorFacts,
    MapperErrorFacts,
    FleetErrorFacts,
    JobsErrorFacts,
    WorkflowErrorFacts,
    PostgresErrorFacts {}

/** A stable error code: `<package>.<reason>`. */
export type ErrorCode = keyof ErrorFacts;
