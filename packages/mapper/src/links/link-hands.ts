import type { LinkKind } from './link-kind.ts';
import type { LinkMark } from './link-mark.ts';
import type { RegisteredLink } from '../registry/link-row.ts';

/** @internal What is recorded of a link, or is about to be: by this it is known again. */
export type KnownLink = Pick<RegisteredLink, 'source' | 'strategy' | 'mark' | 'content'>;

/** @internal What is at the place of a link. */
export type LinkState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'link';
      /** Where it leads; of a link that is not known, exactly as it says. */
      readonly source: string;
      /** Which of the known links it is; null when none. */
      readonly is: KnownLink | null;
      readonly made: MadeLink;
    }
  | { readonly kind: 'other'; readonly what: 'file' | 'folder' | 'other'; readonly sizeBytes: number };

/** @internal How a link was made: recorded when it is done. */
export interface MadeLink {
  readonly by: LinkKind;
  readonly mark: LinkMark;
}

/** @internal One link to be made. */
export interface LinkToMake extends KnownLink {
  /** The link, absolute. */
  readonly target: string;
  readonly leadsTo: 'file' | 'folder';
  /** A name of ours in the folder of the link, for the time until what is made is whole. */
  readonly temporary: string;
}

/** @internal Makes, knows and removes links of every kind. */
export interface LinkHands {
  /** Whether clones and copies can be made, which takes the reading of bytes. */
  readonly canReadBytes: boolean;
  /**
   * What is at a place, compared with the links that it may be: the first that fits.
   *
   * @param text - what the link there said a moment ago, for who has read many in one go
   */
  read(target: string, known: readonly KnownLink[], text?: string): Promise<LinkState>;
  /** Never takes the place of anything. By the first kind of its strategy that works. @throws `io.exists`, `mapper.link-refused` */
  create(link: LinkToMake): Promise<MadeLink>;
  /** Takes the place of what is there in one step: the caller has just read that it is ours. @throws `mapper.link-refused` */
  replace(link: LinkToMake): Promise<MadeLink>;
  /** Removes the link only, never what it leads to. */
  remove(target: string): Promise<void>;
  /** Removes what a killed process left under a temporary name. */
  removeTemporary(link: Pick<LinkToMake, 'temporary' | 'strategy'>): Promise<void>;
}
