/** @internal Where a value stands in a text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** @internal Where the value of a key of the outermost object is. The text is JSON: it was parsed before. */
export function findTopLevelValue(text: string, key: string): TextRange | null {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;
  let depth = 0;
  let name: string | null = null;
  let start: number | null = null;
  let isWanted = false;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    if (isWanted) start ??= match.index;
    if (word === '{' || word === '[') depth += 1;
    if (word === '}' || word === ']') depth -= 1;
    if (depth !== 1) continue;
    if (start !== null) return { start, end: match.index + word.length };
    if (word === ':') isWanted = name === key;
    else name = word.startsWith('"') ? (JSON.parse(word) as string) : null;
  }
  return null;
}
