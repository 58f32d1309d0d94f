import { isSha256 } from '@modelkeep/core';
import { refuse } from '../check-text.ts';
import type { ContentQuery } from '../content.ts';

const MAX_CHARS = 4_096;

/** @internal @throws `core.invalid-argument` for what cannot mean one file */
export function parseRequirement(model: string): ContentQuery {
  if (typeof model !== 'string' || model.trim() === '' || model.length > MAX_CHARS || model.includes('\0')) {
    return refuse('model', model, 'name a hash, a version, a file of a repo or a path');
  }
  const text = model.trim();
  const hash = text.toLowerCase().replace(/^sha256:/, '');
  if (isSha256(hash)) return { by: 'sha256', sha256: hash };
  if (/^(?:urn:air:(?:[^:]*:){0,2})?civitai:/i.test(text)) return civitaiVersion(text);
  if (/^hf:/i.test(text)) return hubFile(text);
  return { by: 'alias', path: text };
}

function civitaiVersion(text: string): ContentQuery {
  const [, version] = /civitai:\d*@(\d{1,15})(?:\.\w+)?$/i.exec(text) ?? [];
  if (version !== undefined && Number(version) > 0) return { by: 'civitai', versionId: Number(version) };
  return refuse('model', text, 'name a version: civitai:<model>@<version>');
}

function hubFile(text: string): ContentQuery {
  const [owner = '', name = '', ...rest] = text.slice(3).replace(/^\/\//, '').split('/');
  const [repoName, ofRepo] = splitAt(name);
  const last = rest.at(-1) ?? '';
  // Behind the file only where the repo has none: there a @ belongs to the name of the file.
  const [fileName, ofFile] = ofRepo === undefined ? splitAt(last) : [last];
  const path = [...rest.slice(0, -1), fileName].join('/');
  if (owner === '' || repoName === '' || fileName === '') {
    return refuse('model', text, 'name a file: hf:org/name/path');
  }
  return { by: 'hf', repo: `${owner}/${repoName}`, path, revision: ofRepo ?? ofFile ?? null };
}

function splitAt(text: string): [string, string?] {
  const at = text.lastIndexOf('@');
  return at <= 0 || at === text.length - 1 ? [text] : [text.slice(0, at), decodeURIComponentSafely(text.slice(at + 1))];
}

/** A branch may have a `/`, which is written as `%2F`. */
function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded, then: it stands for itself.
    return text;
  }
}
