/** What was found of a model whose facts are known. */
export interface Outcome {
  readonly name: string;
  /** Type first, then what else is compared. */
  readonly expected: readonly (string | null)[];
  readonly found: readonly (string | null)[];
  readonly confidence: number;
}

/** How answers compare with what is known. */
export interface Confusion {
  /** A table for people: what was expected against what was found, then each answer that differs. */
  readonly text: string;
  readonly right: number;
  /** Names of those where type or family is another one, by an answer that is sure. */
  readonly confidentlyWrong: readonly string[];
}

/** @internal Compares answers with what is known. */
export function confusionMatrix(
  outcomes: readonly Outcome[],
  { confident }: { readonly confident: number },
): Confusion {
  const label = (facts: readonly (string | null)[]): string => facts.map((fact) => fact ?? '–').join(' / ');
  const counts = new Map<string, number>();
  const differing: Outcome[] = [];
  for (const outcome of outcomes) {
    const pair = `${label(outcome.expected)}  →  ${label(outcome.found)}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
    if (label(outcome.expected) !== label(outcome.found)) differing.push(outcome);
  }
  const [most = 0] = Array.from(counts.keys(), ({ length }) => length).sort((a, b) => b - a);
  const lines = Array.from(counts, ([pair, count]) => `${pair.padEnd(most)}  ${count}`).sort();
  const wrong = differing.filter(
    ({ expected: [type, family], found: [foundType, foundFamily], confidence }) =>
      confidence >= confident && (type !== foundType || (foundFamily !== null && foundFamily !== family)),
  );
  const right = outcomes.length - differing.length;
  const text = [
    `type / family / layout: expected → found (${right} of ${outcomes.length} right)`,
    ...lines,
    ...differing.map(({ name, confidence }) => `differs: ${name}, confidence ${confidence}`),
  ].join('\n');
  return { text, right, confidentlyWrong: wrong.map(({ name }) => name) };
}
