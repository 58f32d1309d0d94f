import { availableParallelism } from 'node:os';
import type { FileKind } from '@modelkeep/io';
import { isDirectlyIn } from '../app/path-parts.ts';
import type { LookedAt, SourceLook } from './looked-at.ts';
import type { PlacedFile } from './placement.ts';

/** Looks at many names in one go, off this thread: what each stands for, or null. */
export type LookAtNames = (paths: readonly string[], signal?: AbortSignal) => Promise<readonly (FileKind | null)[]>;

/** @internal */
export interface SourceToLookAt {
  readonly source: string;
  /** The folder of its model. */
  readonly folder: string;
}

/** @internal Looks at sources in the workers while other models are placed. */
export interface SourceLooks {
  /** Looks at the source of a new link, with others: a name directly in the folder of its model that is no link is good. */
  ask(one: LookedAt, at: SourceToLookAt): void;
  /** Looks at those that wait for others. */
  send(): void;
}

const NAMES_AT_ONCE = 4_000;
/** Fewer are looked at as fast one by one. */
const WORTH_IT = 100;

/** @internal */
export interface SourceLooksOptions {
  /** null: each is looked at by itself. */
  readonly kindsOf: LookAtNames | null;
  /** Looks under way at once. @default what leaves this thread a core of its own */
  readonly atOnce?: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @internal */
export function createSourceLooks(options: SourceLooksOptions): SourceLooks {
  const { kindsOf, atOnce = Math.max(1, availableParallelism() - 1), signal } = options;
  const newLook = (): SourceLook => ({ sources: [], kinds: null, done: Promise.resolve() });
  let next = newLook();
  const underWay: Promise<void>[] = [];
  const look = async (one: SourceLook, before: Promise<void> | undefined): Promise<void> => {
    await before;
    const kinds = (await kindsOf?.(one.sources, signal)) ?? [];
    /* What came from another thread is a text of its own for each. */
    one.kinds = kinds.map((kind) => (kind === 'file' ? 'file' : kind === 'folder' ? 'folder' : null));
  };
  const send = (): void => {
    const one = next;
    next = newLook();
    if (kindsOf === null || one.sources.length < WORTH_IT) {
      one.kinds = [];
      return;
    }
    one.done = look(one, underWay.at(-atOnce));
    /* Who waits for it is told; if nobody does any more, something else has failed. */
    one.done.catch(() => {});
    underWay.push(one.done);
  };
  return {
    ask(one, { source, folder }) {
      if (kindsOf === null || one.look !== null) return;
      if (!isDirectlyIn(folder, source) && source !== folder) return;
      one.look = next;
      one.lookedAt = next.sources.push(source) - 1;
      if (next.sources.length === NAMES_AT_ONCE) send();
    },
    send,
  };
}

/** @internal Whether a source was found good; where it was not, it is looked at by itself. */
export function isFoundGood({ look, lookedAt, source, leadsTo }: PlacedFile): boolean {
  return look !== null && look.sources[lookedAt] === source && look.kinds?.[lookedAt] === leadsTo;
}
