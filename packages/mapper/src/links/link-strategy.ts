/** What is at the place of a link. */
export type LinkState =
  | { readonly kind: 'absent' }
  /** A link; `source` is where it leads, exactly as it says. */
  | { readonly kind: 'link'; readonly source: string }
  | { readonly kind: 'other'; readonly what: 'file' | 'folder' | 'other' };

/** One link to be made. */
export interface LinkToMake {
  /** What it leads to, absolute. */
  readonly source: string;
  /** The link, absolute. */
  readonly target: string;
  readonly leadsTo: 'file' | 'folder';
}

/** A link that takes the place of another one. */
export interface LinkToReplace extends LinkToMake {
  /** A free name in the folder of the link, for the time until the new link is renamed to its place. */
  readonly temporary: string;
}

/** One way to make a model appear in a folder. */
export interface LinkStrategy {
  /** Recorded with every link: a link is read, replaced and removed by the strategy that made it. */
  readonly kind: string;
  read(target: string): Promise<LinkState>;
  /** Never takes the place of anything. @throws `io.exists`, `mapper.link-refused` */
  create(link: LinkToMake): Promise<void>;
  /** Takes the place of what is there in one step: the caller has just read that it is ours. @throws `mapper.link-refused` */
  replace(link: LinkToReplace): Promise<void>;
  /** Removes the link only, never what it leads to. */
  remove(target: string): Promise<void>;
}
