/** @internal A source with the path to name in messages. */
export interface NamedSource<S> {
  readonly source: S;
  readonly path: string | undefined;
}
