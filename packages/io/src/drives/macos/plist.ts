/** @internal What `diskutil info -plist` tells, as far as it is simple values. */
export type FlatPlist = ReadonlyMap<string, string | boolean>;

/**
 * @internal Reads texts, numbers (as text) and booleans of the outermost dictionary of a property list in XML. Lists and
 * dictionaries within it are left out.
 */
export function parseFlatPlist(xml: string): FlatPlist {
  const values = new Map<string, string | boolean>();
  const flat = xml.replace(/<array>[\s\S]*?<\/array>/g, '<nested/>');
  const pairs = /<key>([^<]*)<\/key>\s*<(?:(string|integer|real)>([^<]*)<|(true|false)\/)/g;
  for (const [, key = '', , text = '', flag] of flat.matchAll(pairs)) {
    values.set(unescaped(key), flag === undefined ? unescaped(text) : flag === 'true');
  }
  return values;
}

/** @internal The names of the partitions that an APFS volume is kept in. */
export function physicalStoresOf(xml: string): readonly string[] {
  return [...xml.matchAll(/<key>APFSPhysicalStore<\/key>\s*<string>([^<]*)<\/string>/g)].map(([, name = '']) => name);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => entities[name] ?? '');
}
