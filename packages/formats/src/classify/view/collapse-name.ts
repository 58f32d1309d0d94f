/** A name with its numbers taken out: `blocks.7.attn.to_q` is one of many `blocks.#.attn.to_q`. */
export interface CollapsedName {
  readonly pattern: string;
  /** The numbers that were taken out, in their order. */
  readonly indices: readonly number[];
}

const NUMBER = /(?<![^._])\d{1,6}(?![^._])/g;

/** Takes out the numbers that stand between separators; `attn1` and `proj_in2` keep theirs. */
export function collapseName(name: string): CollapsedName {
  const indices: number[] = [];
  const pattern = name.replace(NUMBER, (digits) => {
    indices.push(Number(digits));
    return '#';
  });
  return { pattern, indices };
}
