import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { HttpClient, JsonResult } from '@modelkeep/network';
import { hubError, type HubQuestion } from '../errors/hub-error.ts';
import { nextPageLink } from './next-page.ts';

/** More pages than any list has: 10 million entries at 1,000 a page. */
const MAX_PAGES = 10_000;

/** What {@link readPages} reads. */
export interface PagesOptions {
  readonly http: HttpClient;
  readonly url: string;
  readonly question: HubQuestion;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pages of a list. The next one is fetched when it is asked for. Its URL comes out of an answer, so it is followed
 * only on the endpoint's own origin, and never twice.
 *
 * @throws `hub.unexpected` for a next page elsewhere, one that was there before, and more than 10,000; `hub.*` and
 * `network.*` as the answers are
 */
export async function* readPages(options: PagesOptions): AsyncGenerator<JsonResult, void, undefined> {
  const { http, question, signal } = options;
  const origin = new URL(question.endpoint).origin;
  const seen = new Set<string>();
  for (let url: string | null = options.url; url !== null;) {
    const page: JsonResult = await http.json({ url, signal });
    if (page.status !== 200) throw hubError(page, question);
    seen.add(url);
    yield page;
    const link = nextPageLink(page.headers['link']);
    if (link === null) return;
    const refuse = (reason: string): ModelkeepError<'hub.unexpected'> => unexpected(page, question, reason);
    if (!URL.canParse(link, page.url)) throw refuse('the link to the next page is no URL');
    const next = new URL(link, page.url);
    if (next.origin !== origin) throw refuse(`the next page is at another origin: ${redactUrl(next)}`);
    if (seen.has(next.href)) throw refuse('the next page was there before');
    if (seen.size >= MAX_PAGES) throw refuse(`there are more than ${MAX_PAGES} pages`);
    url = next.href;
  }
}

function unexpected(page: JsonResult, question: HubQuestion, reason: string): ModelkeepError<'hub.unexpected'> {
  const url = redactUrl(page.url);
  return new ModelkeepError('hub.unexpected', {
    message: `The list at ${url} cannot be read on: ${reason}`,
    facts: { repo: question.repo, revision: question.revision, path: question.path, status: page.status, url, reason },
    hint: 'The endpoint may be a mirror that passes on links to another hub.',
  });
}
