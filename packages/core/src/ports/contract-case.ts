/** One thing that every engine of a port does; `run` fails where this one does not. */
export interface ContractCase<Harness> {
  readonly title: string;
  readonly run: (harness: Harness) => Promise<void>;
}
