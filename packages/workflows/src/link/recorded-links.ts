import type { Mapper } from '@modelkeep/mapper';

/** @internal What is recorded of links on this machine: it can be asked where nothing can be written, too. */
export type RecordedLinks = Pick<Mapper, 'linksOf' | 'modelsOf' | 'check' | 'checkFiles'>;
