import { baseOf } from '../selection/describe/name-parts.ts';
import { withoutPrecision } from '../selection/describe/precision.ts';
import { withoutQuantisation } from '../selection/describe/quantisation.ts';
import { shardPositionOf } from '../selection/describe/shard-position.ts';
import { isGenericStem } from '../selection/choose/slot-name.ts';

const MAX_CHARACTERS = 96;

/**
 * What a hub is searched with for a file: the name without extension, shard number, quantisation and precision; its first
 * two words; its first word. Empty for a name that any repo could have (`model.safetensors`).
 */
export function searchTerms(fileName: string): string[] {
  const base = baseOf(fileName);
  const whole = (shardPositionOf(base)?.stem ?? base).replace(/\.[a-z0-9_]{1,12}$/iu, '');
  const stem = withoutPrecision(withoutQuantisation(whole))
    .replaceAll(/([-_. ])[-_. ]+/gu, '$1')
    .replaceAll(/^[-_. ]+|[-_. ]+$/gu, '')
    .slice(0, MAX_CHARACTERS);
  if (stem === '' || isGenericStem(stem)) return [];
  const words = stem.split(/[-_\s]+/u);
  const [first = ''] = words;
  const terms = [stem, words.slice(0, 2).join(' '), /\p{L}/u.test(first) && first.length > 2 ? first : ''];
  return [...new Set(terms)].filter((term) => term.length >= 2);
}
