import { baseOf, folderOf, lastMatch } from './name-parts.ts';

const PRECISION =
  /(?<![a-z0-9])(?:fp8(?:[-_](?:e4m3(?:fn(?:uz)?)?|e5m2(?:fnuz)?))?(?:[-_]?(?:scaled|mixed|fast))?|float8|e4m3fn|e5m2|f(?:p|loat)?64|f(?:p|loat)?32|f(?:p|loat)?16|bf(?:loat)?16|mxfp[48]|nvfp4|nf4|fp4|u?int[48]|[48]bit)(?![a-z0-9])/giu;

/**
 * The precision that a name tells of weights other than GGUF: in the file's name, the last one where there are several,
 * else as the whole name of a folder (`fp16/model.safetensors`).
 */
export function precisionOf(path: string): string | null {
  const found = lastMatch(baseOf(path), PRECISION);
  if (found !== null) return canonicalPrecision(found[0]);
  for (const folder of folderOf(path).split('/').toReversed()) {
    if (lastMatch(folder, PRECISION)?.[0] === folder && folder !== '') return canonicalPrecision(folder);
  }
  return null;
}

/** One spelling for what people write in several: lower case, `fp16` for `f16`, `fp8_e4m3fn` for `e4m3fn`. */
export function canonicalPrecision(text: string): string {
  const lower = text.trim().toLowerCase().replaceAll('-', '_');
  return lower
    .replace(/^f(?:p|loat)?(?=(?:64|32|16|8)$)/u, 'fp')
    .replace(/^bfloat(?=16$)/u, 'bf')
    .replace(/^(?=e4m3fn$|e5m2$)/u, 'fp8_')
    .replace(/^(?:uint|(?=\dbit$))(?<bits>[48])(?:bit)?$/u, 'int$<bits>')
    .replace(/^fp8(?=scaled$|mixed$|fast$)/u, 'fp8_');
}

/** A name without what tells its precision. */
export function withoutPrecision(text: string): string {
  return text.replaceAll(PRECISION, '');
}
