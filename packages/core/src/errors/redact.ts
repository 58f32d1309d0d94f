const TOKEN_LIKE = /\b(?:hf_[A-Za-z0-9]{20,}|Bearer\s+[^\s"',;]+)/g;
const URL_LIKE = /\b(?:https?|postgres(?:ql)?):\/\/[^\s"'<>`]+/g;

/** A URL for messages and logs: no user, no password, no query, no fragment. */
export function redactUrl(url: string | URL): string {
  const text = String(url);
  if (!URL.canParse(text)) return text.replace(/[?#].*$/s, '');
  const parsed = new URL(text);
  const query = parsed.search === '' ? '' : '?…';
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query}`;
}

/** A text without the credentials that URLs and headers carry. */
export function redactSecrets(text: string): string {
  return text.replace(URL_LIKE, (url) => redactUrl(url)).replace(TOKEN_LIKE, '[redacted]');
}
